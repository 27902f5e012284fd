// Guarantees: agent and key are in force, the task is open, the agent's own and this gateway's, every link of its chain holds now, and
// nothing of it is stopped or paused.
import { AppError } from '@countersign/api';
import { isCredentialValid } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type HeldTask, isChainInForce, requireStanding } from '../tasks/index.ts';
import type { Authenticated, Authorised } from './stages.ts';

export async function resolveAuthority(context: Context, authenticated: Authenticated): Promise<Authorised> {
  const { token, agent } = authenticated;
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  const now = context.platform.now();
  // A retired key ends the tokens it got, not only the next ones.
  if (!isCredentialValid(agent, token, now)) throw new AppError('token.invalid');
  // A control token names no task and opens tasks only.
  if (token.taskId === null) throw new AppError('token.audience_mismatch');
  const held = await context.tasks.hold(token.taskId);
  try {
    return await resolveHeld(context, authenticated, held);
  } catch (refusal) {
    held.release();
    throw refusal;
  }
}

async function resolveHeld(
  context: Context,
  authenticated: Authenticated,
  lease: HeldTask,
): Promise<Authorised> {
  const { token, agent } = authenticated;
  const { task } = lease;
  const now = context.platform.now();
  if (task.agentId !== agent.id) throw new AppError('task.not_found');
  if (task.endedAt !== null || task.expiresAt <= now) throw new AppError('task.not_open');
  if (!isChainInForce(task, now)) throw new AppError('delegation.not_active');
  const { givers, rootRoles, through } = await requireStanding(context, task);
  const root = task.parentIds[0] ?? task.id;
  context.cascades.requireRunning(root, [agent.id, ...givers.map(({ id }) => id)]);
  const scopes = {
    action: authenticated.id,
    agent: agent.id,
    owner: agent.ownerId,
    task: task.id,
    token: token.jti,
    chain: task.chainIds,
    upstream: authenticated.upstream,
    tool: '',
    ...(through === undefined ? {} : { through }),
  };
  context.stops.check(scopes);
  return { ...authenticated, task, givers, rootRoles, scopes, lease } as Authorised;
}
