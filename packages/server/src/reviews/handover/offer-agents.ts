import { shrinkToUse } from '@countersign/core';
import type { Kysely } from 'kysely';
import { type AgentRow, readGroups } from '../../agents/index.ts';
import { type DelegationRow, toChainLink } from '../../delegations/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { listUsedTools, type MeasuredUse, measureUse, toUseOfLimits } from '../use/index.ts';
import { lookedBackDays, type OfferedAgent, type OfferedDelegation } from './handover.ts';

const mostDelegations = 20;
const mostTools = 50;
/** What ended with the owner ended within so long of the agent's becoming orphaned. */
const leavingMilliseconds = 10 * 60_000;

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

/** In force, or ended only because the owner left. */
export function listGiven(
  sql: Kysely<Schema>,
  agent: Pick<AgentRow, 'id' | 'owner_id' | 'state' | 'changed_at'>,
  now: number,
): Promise<readonly DelegationRow[]> {
  return sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', agent.id)
    .where('root_person_id', '=', agent.owner_id)
    .where('parent_id', 'is', null)
    .where('expires_at', '>', now)
    .where(({ or, and, eb }) =>
      or([
        eb('revoked_at', 'is', null),
        and([
          eb(
            'revoked_at',
            '>=',
            agent.state === 'orphaned' ? agent.changed_at - leavingMilliseconds : now + 1,
          ),
          eb('replaced_by', 'is', null),
        ]),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(mostDelegations)
    .execute();
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
