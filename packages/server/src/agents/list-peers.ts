import type { Limits } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { loadAgent } from './load-agent.ts';
import type { CardSettings } from './publish-card.ts';

/** A peer agent that an agent may call, as far as what was delegated to it goes; policy decides each call. */
export interface ReachedPeer {
  readonly upstream: string;
  /** The agent of ours that it is, if it is one. */
  readonly agentId: string | null;
  /** Whether it may be called without the gateway between, too. */
  readonly direct: boolean;
  /** What the agent has begun there in tasks that are still open, and what of it waits for a person. */
  readonly begun: number;
  readonly waiting: number;
}

export interface AgentPeers {
  /** What is published of the agent while it is active; null when nothing is. */
  readonly card: (CardSettings & { readonly address: string; readonly publishedAt: number }) | null;
  /** Under which names others call it through the gateway. */
  readonly calledAs: readonly string[];
  readonly peers: readonly ReachedPeer[];
}

/** Throws `agent.not_found`. */
export async function listPeers(context: Context, actor: Actor, agentId: string): Promise<AgentPeers> {
  requirePermission(actor, 'agents.read');
  const { id } = await loadAgent(context.store.sql, idSchema('agt').parse(agentId));
  const all = [...context.upstreams.list()].filter(({ kind }) => kind === 'a2a');
  all.sort((one, other) => (one.name < other.name ? -1 : 1));
  const reached = await findReach(context, id);
  const begun = await countBegun(context, id);
  const peers = all
    .filter(({ name }) => reached === '*' || reached.has(name))
    .map(({ name: upstream, settings }) => {
      const states = begun.get(upstream) ?? [];
      return {
        ...{ upstream, agentId: settings.agent ?? null, direct: settings.direct === true },
        begun: states.reduce((sum, { count }) => sum + count, 0),
        waiting: states.find(({ state }) => state === 'TASK_STATE_AUTH_REQUIRED')?.count ?? 0,
      };
    });
  const calledAs = all.filter(({ settings }) => settings.agent === id).map(({ name }) => name);
  return { card: await loadCard(context, id), calledAs, peers };
}

async function loadCard({ store, tokens }: Context, id: string): Promise<AgentPeers['card']> {
  const row = await store.sql
    .selectFrom('agent_cards')
    .select(['card', 'published_at'])
    .where('agent_id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const address = `${tokens.issuer}/a2a/${id}/.well-known/agent-card.json`;
  return { ...(JSON.parse(row.card) as CardSettings), address, publishedAt: row.published_at };
}

/** Of every delegation in force. */
async function findReach({ store, platform }: Context, id: string): Promise<ReadonlySet<string> | '*'> {
  const rows = await store.sql
    .selectFrom('delegations')
    .select('limits')
    .where('agent_id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', platform.now())
    .execute();
  const upstreams = new Set<string>();
  for (const { limits } of rows) {
    const reach = (JSON.parse(limits) as Limits).upstreams;
    if (reach === '*') return '*';
    for (const name of reach) upstreams.add(name);
  }
  return upstreams;
}

async function countBegun({ store }: Context, id: string) {
  const rows = await store.sql
    .selectFrom('peer_tasks')
    .select(({ fn }) => ['upstream', 'state', fn.countAll<number>().as('count')])
    .where('agent_id', '=', id)
    .where('state', '!=', 'MESSAGE')
    .groupBy(['upstream', 'state'])
    .execute();
  return Map.groupBy(
    rows.map((row) => ({ ...row, count: Number(row.count) })),
    ({ upstream }) => upstream,
  );
}
