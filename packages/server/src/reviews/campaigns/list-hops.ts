import type { Kysely } from 'kysely';
import { withBelow } from '../../delegations/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** One delegation that an agent passed on below the reviewed one. */
export interface Hop {
  readonly delegation: string;
  readonly agent: string;
  readonly purpose: string;
  /** Whether the agent it is to still acts, and somebody answers for it. */
  readonly isAlive: boolean;
}

const mostHops = 50;

/** In force, directly or further down. */
export async function listHops(
  sql: Kysely<Schema>,
  delegationId: string,
  now: number,
): Promise<readonly Hop[]> {
  const rows = await withBelow(sql, (root) => root.where('parent_id', '=', delegationId))
    .selectFrom('below')
    .innerJoin('delegations', 'delegations.id', 'below.id')
    .innerJoin('agents', 'agents.id', 'delegations.agent_id')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .select([
      'delegations.id',
      'delegations.purpose',
      'agents.name',
      'agents.state',
      'people.state as owner_state',
    ])
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', now)
    .orderBy('delegations.id')
    .limit(mostHops)
    .execute();
  return rows.map(({ id, purpose, name, state, owner_state: owner }) => ({
    ...{ delegation: id, agent: name, purpose, isAlive: state === 'active' && owner === 'active' },
  }));
}
