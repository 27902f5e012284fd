import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { DelegationRow } from './delegation-row.ts';

/** The agent's default delegation that is active at `at`. */
export function findDefaultDelegation(
  sql: Kysely<Schema>,
  agentId: string,
  at: number,
): Promise<DelegationRow | undefined> {
  return sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('is_default', '=', 1)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
}
