import { AppError } from '@countersign/api';
import type { AgentId, ChainLink, DelegationId, Limits, PersonId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

export type DelegationRow = Selectable<Schema['delegations']>;

/** Throws `delegation.not_found`. */
export async function loadDelegation(sql: Kysely<Schema>, delegationId: string): Promise<DelegationRow> {
  const row = await sql
    .selectFrom('delegations')
    .selectAll()
    .where('id', '=', delegationId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('delegation.not_found');
  return row;
}

/** A stored delegation as the pure rules see it. */
export function toChainLink(row: DelegationRow): ChainLink {
  const from = row.from_person_id ?? row.from_agent_id;
  return {
    id: row.id as DelegationId,
    // The schema lets one of both be null; a row with neither gives a link that no chain accepts.
    from: (from ?? '') as PersonId | AgentId,
    to: row.agent_id as AgentId,
    limits: JSON.parse(row.limits) as Limits,
    revoked: row.revoked_at !== null,
  };
}
