import { AppError } from '@countersign/api';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { StandsOn } from '../signals/index.ts';
import type { LeasedTask } from './leased-task.ts';

export interface ChainStanding {
  /** What a stop would reach the task through; undefined when there is nothing beside agent, owner and task themselves. */
  readonly through: StandsOn | undefined;
  /** The agents of the chain before the acting one, the one nearest the person first. */
  readonly givers: readonly AgentFacts[];
  /** What the person is at the head of the chain. */
  readonly rootRoles: readonly string[];
}

/**
 * That every agent which passed the task's authority on is in force now: who is suspended, retired, orphaned or without
 * an active owner holds nothing, and so has passed nothing on. Throws `delegation.not_active`.
 */
export async function requireStanding(
  context: Pick<Context, 'agents'>,
  task: Pick<LeasedTask, 'chain' | 'parentIds' | 'ownerId' | 'rootPersonId'>,
): Promise<ChainStanding> {
  const { chain, parentIds, rootPersonId } = task;
  const rootRoles = await context.agents.getRoles(rootPersonId);
  if (chain.length === 1 && parentIds.length === 0 && rootPersonId === task.ownerId)
    return { through: undefined, givers: [], rootRoles };
  const givers = await Promise.all(chain.slice(0, -1).map((link) => context.agents.get(link.to)));
  if (givers.some((agent) => agent.state !== 'active')) throw new AppError('delegation.not_active');
  const through = {
    agents: givers.map((agent) => agent.id),
    owners: [...new Set([rootPersonId, ...givers.map((agent) => agent.ownerId)])],
    tasks: parentIds,
  };
  return { through, givers, rootRoles };
}
