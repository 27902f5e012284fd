import { AppError, toAppError } from '@countersign/api';
import { type AgentFacts, loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { isChainInForce, type LeasedTask, openDefaultTask, requireStanding } from '../tasks/index.ts';
import { everyUpstream } from '../upstreams/index.ts';
import type { TokenTarget } from './read-target.ts';
import { controlResource, upstreamResource } from './resource-urls.ts';
import type { TokenGrant } from './token-grant.ts';

/**
 * Throws `token.target_invalid`, `token.details_invalid`, `token.task_needed`, `task.not_open`, `delegation.not_active`.
 * Another agent's task is answered like one that does not exist.
 */
export async function resolveGrant(
  context: Context,
  agent: AgentFacts,
  target: TokenTarget,
): Promise<TokenGrant> {
  const { issuer } = context.tokens;
  if (target.kind === 'control') {
    const notAfter = Number.POSITIVE_INFINITY;
    const { causes } = await loadAgent(context.store.sql, agent.id);
    const audience = [controlResource(issuer)];
    const own = { agentId: agent.id, subject: agent.id, task: null, scope: 'tasks', chain: [] };
    return { ...own, audience, notAfter, causes };
  }
  const names = target.kind === 'direct' ? [target.upstream] : target.upstreams;
  if (names.some((name) => name !== everyUpstream && !context.upstreams.find(name)))
    throw new AppError('token.target_invalid');
  const task =
    target.task === null
      ? await openDefault(context, agent)
      : await leaseOwnTask(context, agent, target.task);
  checkOpen(context, task);
  const { through } = await requireStanding(context, task);
  const { upstreams } = task.limits;
  // Out of reach and unknown look the same.
  const isReached = (name: string) => upstreams === '*' || name === everyUpstream || upstreams.includes(name);
  if (!names.every(isReached)) {
    throw new AppError('token.target_invalid');
  }
  return {
    agentId: agent.id,
    subject: agent.id,
    task: task.id,
    authorizationDetails: [{ type: 'agent_task', task: task.id }],
    chain: task.chainIds,
    ...(through === undefined ? {} : { through }),
    audience:
      target.kind === 'direct'
        ? [target.resource]
        : target.upstreams.map((name) => upstreamResource(issuer, name)),
    notAfter: Math.min(task.expiresAt, task.limits.expiresAt),
    body: { defaultTask: target.task === null },
    causes: task.openedRecord === null ? [] : [task.openedRecord],
  };
}

async function leaseOwnTask(context: Context, agent: AgentFacts, taskId: string): Promise<LeasedTask> {
  let task: LeasedTask;
  try {
    task = await context.tasks.look(taskId);
  } catch (thrown) {
    throw toAppError(thrown).code === 'task.not_found'
      ? new AppError('token.details_invalid', { detail: 'task' })
      : thrown;
  }
  if (task.agentId !== agent.id) throw new AppError('token.details_invalid', { detail: 'task' });
  return task;
}

/** The task lasts as long as the token it is opened for. */
async function openDefault(context: Context, agent: AgentFacts): Promise<LeasedTask> {
  const opened = await openDefaultTask(context, agent.id, context.config.tokens.lifetimeSeconds);
  return context.tasks.look(opened.id);
}

function checkOpen(context: Context, task: LeasedTask): void {
  const now = context.platform.now();
  if (task.endedAt !== null || now >= task.expiresAt) throw new AppError('task.not_open');
  if (!isChainInForce(task, now)) throw new AppError('delegation.not_active');
}
