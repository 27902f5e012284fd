import { isJsonObject } from '@countersign/core';
import type { Context } from '../context.ts';

export interface AgentName {
  readonly id: string;
  readonly name: string;
}

const mostDelegations = 50_000;

/** Which agents hold a delegation in force that reaches an upstream, by name. */
export async function findUsers(
  context: Pick<Context, 'store' | 'platform'>,
): Promise<(upstream: string) => readonly AgentName[]> {
  const rows = await context.store.sql
    .selectFrom('delegations')
    .innerJoin('agents', 'agents.id', 'delegations.agent_id')
    .select(['agents.id as id', 'agents.name as name', 'delegations.limits as limits'])
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', context.platform.now())
    .where('agents.state', '=', 'active')
    .orderBy('agents.name')
    .limit(mostDelegations)
    .execute();
  const reaches = rows.map(({ id, name, limits }) => ({
    agent: { id, name },
    upstreams: readUpstreams(limits),
  }));
  return (upstream) => {
    const agents = new Map<string, AgentName>();
    for (const { agent, upstreams } of reaches)
      if (upstreams === '*' || upstreams.has(upstream)) agents.set(agent.id, agent);
    return [...agents.values()];
  };
}

function readUpstreams(limits: string): '*' | ReadonlySet<unknown> {
  const parsed: unknown = JSON.parse(limits);
  const upstreams = isJsonObject(parsed) ? parsed.upstreams : undefined;
  if (upstreams === '*') return '*';
  return new Set(Array.isArray(upstreams) ? upstreams : []);
}
