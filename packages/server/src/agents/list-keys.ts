import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { AgentJwk } from './parse-agent-key.ts';

export interface AgentKeyView {
  readonly thumbprint: string;
  readonly jwk: AgentJwk;
  readonly createdAt: number;
  /** Epoch milliseconds; null while the key is current. */
  readonly validUntil: number | null;
  readonly valid: boolean;
}

/** Newest first, also those no longer valid: a key is never used again, by any agent. */
export async function listKeys(
  sql: Kysely<Schema>,
  agentId: string,
  now: number,
): Promise<readonly AgentKeyView[]> {
  const rows = await sql
    .selectFrom('agent_keys')
    .selectAll()
    .where('agent_id', '=', agentId)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    thumbprint: row.thumbprint,
    jwk: JSON.parse(row.jwk) as AgentJwk,
    createdAt: row.created_at,
    validUntil: row.valid_until,
    valid: row.valid_until === null || row.valid_until > now,
  }));
}
