import type { Kysely } from 'kysely';
import type { AgentRow } from '../../agents/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { listUsedTools, type MeasuredUse } from '../use/index.ts';

/** Agents that are alike: of the same groups, or of the same owner and purpose. */
export interface Peers {
  readonly agents: readonly string[];
  /** Tools that this agent used and no peer did. */
  readonly alone: readonly string[];
  /** Of each tool that this agent used, how many peers did too. */
  readonly shared: readonly { readonly tool: string; readonly peers: number }[];
}

const mostPeers = 50;
const mostRows = 5_000;

/** Null where there is nobody to compare with. */
export async function comparePeers(
  sql: Kysely<Schema>,
  agent: AgentRow,
  use: MeasuredUse,
  fromDay: number,
): Promise<Peers | null> {
  const isGrouped = agent.group_names !== '[]';
  const peers = await sql
    .selectFrom('agents')
    .select(['id', 'name'])
    .where('id', '!=', agent.id)
    .where('state', '!=', 'retired')
    .$if(isGrouped, (query) => query.where('group_names', '=', agent.group_names))
    .$if(!isGrouped, (query) =>
      query.where('owner_id', '=', agent.owner_id).where('purpose', '=', agent.purpose),
    )
    .orderBy('id', 'desc')
    .limit(mostPeers)
    .execute();
  if (peers.length === 0) return null;
  const rows = await sql
    .selectFrom('delegation_use')
    .select(['agent_id', 'upstream', 'tool'])
    .distinct()
    .where('is_own', '=', 1)
    .where('allowed', '>', 0)
    .where('day', '>=', fromDay)
    .where(
      'delegation_id',
      'in',
      sql
        .selectFrom('delegations')
        .select('id')
        .where(
          'agent_id',
          'in',
          peers.map(({ id }) => id),
        ),
    )
    .limit(mostRows)
    .execute();
  const users = Map.groupBy(rows, ({ upstream, tool }) => `${upstream}/${tool}`);
  const names = [...new Set(listUsedTools(use).map(({ upstream, tool }) => `${upstream}/${tool}`))];
  const shared = names.map((tool) => ({
    tool,
    peers: new Set(users.get(tool)?.map((row) => row.agent_id)).size,
  }));
  return {
    agents: peers.map(({ name }) => name),
    alone: shared.filter((one) => one.peers === 0).map(({ tool }) => tool),
    shared: shared.filter((one) => one.peers > 0),
  };
}
