import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { StandsOn } from '../signals/index.ts';
import type { DelegationRow } from './delegation-row.ts';

/**
 * That everybody a chain comes through is in force, as the transaction sees it: the person at its root, and each agent
 * with its owner. Returns what a stop of theirs would reach. Throws `delegation.not_active`.
 */
export async function requireMembers(
  sql: Kysely<Schema>,
  chain: readonly Pick<DelegationRow, 'agent_id' | 'root_person_id'>[],
): Promise<Omit<StandsOn, 'tasks'>> {
  const ids = [...new Set(chain.map((row) => row.agent_id))];
  const agents = await sql
    .selectFrom('agents')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .select(['agents.id', 'agents.owner_id', 'agents.state', 'people.state as owner_state'])
    .where('agents.id', 'in', ids)
    .execute();
  const areInForce = agents.every((one) => mayAgentAct(one.state) && one.owner_state === 'active');
  if (agents.length < ids.length || !areInForce) throw new AppError('delegation.not_active');
  const roots = [...new Set(chain.map((row) => row.root_person_id))];
  const people = await sql.selectFrom('people').select('state').where('id', 'in', roots).execute();
  if (people.length < roots.length || people.some(({ state }) => state !== 'active')) {
    throw new AppError('delegation.not_active');
  }
  return { agents: ids, owners: [...new Set([...roots, ...agents.map((one) => one.owner_id)])] };
}
