import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { catchUp, dayMilliseconds } from '../use/index.ts';
import type { Ghost } from './ghost.ts';
import { inspectAgents } from './inspected-agents.ts';
import { judgeAgent } from './judge-agent.ts';
import { judgedDays, learnedDays } from './working-hours.ts';

export const listGhostsInput = z.strictObject({
  cursor: idSchema('agt').optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  ownerId: idSchema('per').optional(),
  /** Without a call for so long: unused. As configured when absent. */
  days: z.coerce.number().int().min(1).max(90).optional(),
});

export interface GhostPage {
  readonly items: readonly Ghost[];
  readonly next: string | null;
  /** Agents that were looked at for this page. */
  readonly examined: number;
  /** Epoch milliseconds until which calls are counted. */
  readonly countedUntil: number;
}

const agentsAtOnce = 500;
/** For one page so many agents are looked at, whether they are ghosts or not. */
const mostBatches = 20;

/** Agents that nobody answers for, uses, or would expect to act as they do; in the order of their ids. */
export async function listGhosts(
  context: Pick<Context, 'store' | 'platform' | 'config'>,
  actor: Actor,
  input: unknown,
): Promise<GhostPage> {
  requirePermission(actor, 'agents.read');
  const { cursor, limit, ownerId, days } = listGhostsInput.parse(input);
  const countedUntil = await catchUp(context);
  const now = context.platform.now();
  const settings = context.config.agents.ghosts;
  const yardstick = { ...settings, now, ...(days === undefined ? {} : { unusedDays: days }) };
  const fromDay = Math.floor(now / dayMilliseconds) - judgedDays - learnedDays;
  const items: Ghost[] = [];
  let after = cursor ?? '';
  let examined = 0;
  for (let batch = 0; batch < mostBatches && items.length < limit; batch += 1) {
    const found = await inspectAgents(context.store.sql, after, agentsAtOnce, { now, fromDay, ownerId });
    for (const agent of found.agents) {
      items.push(...judgeAgent(agent, found, yardstick));
      after = agent.id;
      examined += 1;
      // All of one agent stand on one page.
      if (items.length >= limit) return { items, next: after, examined, countedUntil };
    }
    if (found.agents.length < agentsAtOnce) return { items, next: null, examined, countedUntil };
  }
  return { items, next: after, examined, countedUntil };
}

/** What is wrong with one agent. */
export async function findGhostsOf(
  context: Pick<Context, 'store' | 'platform' | 'config'>,
  agentId: string,
): Promise<readonly Ghost[]> {
  const now = context.platform.now();
  const fromDay = Math.floor(now / dayMilliseconds) - judgedDays - learnedDays;
  const found = await inspectAgents(context.store.sql, '', 1, { now, fromDay, agentId });
  return found.agents.flatMap((agent) => judgeAgent(agent, found, { ...context.config.agents.ghosts, now }));
}
