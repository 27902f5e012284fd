import { shrinkToUse } from '@countersign/core';
import type { Kysely } from 'kysely';
import { type AgentRow, readGroups } from '../../agents/index.ts';
import { type DelegationRow, toChainLink } from '../../delegations/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { listUsedTools, type MeasuredUse, measureUse, toUseOfLimits } from '../use/index.ts';
import { lookedBackDays, type OfferedAgent, type OfferedDelegation } from './handover.ts';

const mostDelegations = 20;
const mostTools = 50;

/** An agent as its new owner is shown it: what it is for, what its owner gave it, and what it used of that. */
export async function offerAgent(sql: Kysely<Schema>, agent: AgentRow, now: number): Promise<OfferedAgent> {
  const rows = await listGiven(sql, agent, now);
  const delegations: OfferedDelegation[] = [];
  for (const row of rows) delegations.push(await offerDelegation(sql, row, now));
  const { id, name, purpose, environment, state } = agent;
  return {
    ...{ id, name, purpose, environment, groups: readGroups(agent), state },
    ...{ ownerId: agent.owner_id, ownerName: agent.owner_name, delegations },
  };
}

/** In force, or ended by the leaving that took the agent its owner: what was revoked for a cause stays so. */
export async function listGiven(
  sql: Kysely<Schema>,
  agent: Pick<AgentRow, 'id' | 'owner_id' | 'state'>,
  now: number,
): Promise<readonly DelegationRow[]> {
  const leaving = agent.state === 'orphaned' ? await findLeaving(sql, agent) : undefined;
  return sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', agent.id)
    .where('root_person_id', '=', agent.owner_id)
    .where('parent_id', 'is', null)
    .where('expires_at', '>', now)
    .where(({ or, and, eb, exists, selectFrom }) => {
      const isInForce = eb('revoked_at', 'is', null);
      if (leaving === undefined) return isInForce;
      const end = selectFrom('ledger_terms as cause')
        .innerJoin('ledger_terms as named', 'named.seq', 'cause.seq')
        .innerJoin('ledger_entries as entry', 'entry.seq', 'cause.seq')
        .select('entry.seq')
        .where('cause.term', '=', leaving)
        .whereRef('named.term', '=', 'delegations.id')
        .where('entry.kind', '=', 'delegation.revoked');
      return or([isInForce, and([eb('replaced_by', 'is', null), exists(end)])]);
    })
    .orderBy('id', 'desc')
    .limit(mostDelegations)
    .execute();
}

/** The record of the leaving from which it follows that the agent lost its owner. */
async function findLeaving(
  sql: Kysely<Schema>,
  agent: Pick<AgentRow, 'id' | 'owner_id'>,
): Promise<string | undefined> {
  const row = await sql
    .selectFrom('leavings')
    .innerJoin('ledger_terms as cause', 'cause.term', 'leavings.record')
    .innerJoin('ledger_terms as named', 'named.seq', 'cause.seq')
    .innerJoin('ledger_entries as entry', 'entry.seq', 'cause.seq')
    .select('leavings.record')
    .where('leavings.person_id', '=', agent.owner_id)
    .where('named.term', '=', agent.id)
    .where('entry.kind', '=', 'agent.state_changed')
    .orderBy('entry.seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.record;
}

async function offerDelegation(
  sql: Kysely<Schema>,
  row: DelegationRow,
  now: number,
): Promise<OfferedDelegation> {
  const use = await measureUse(sql, row.id, { now, days: lookedBackDays });
  const { limits } = toChainLink(row);
  const tools = sumByTool(use);
  return {
    ...{ id: row.id, purpose: row.purpose, isDefault: row.is_default === 1, limits },
    proposed: shrinkToUse(limits, toUseOfLimits(use, limits)),
    used: {
      ...{ calls: use.calls, denied: use.denied, lastAt: use.lastAt },
      ...{ tools: tools.slice(0, mostTools), toolCount: tools.length },
    },
  };
}

function sumByTool(use: MeasuredUse) {
  const calls = new Map<string, number>();
  for (const { upstream, tool, allowed } of listUsedTools(use)) {
    const name = `${upstream}/${tool}`;
    calls.set(name, (calls.get(name) ?? 0) + allowed);
  }
  return [...calls].map(([name, count]) => ({ name, calls: count })).sort((a, b) => b.calls - a.calls);
}
