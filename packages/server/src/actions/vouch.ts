// Guarantees: a registered enforcement point, which may ask about this upstream, says which agent it has before it.
import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { PresentedToken, TokenBinding } from '../tokens/index.ts';
import type { AskedCall } from './asked.ts';
import type { Attempt, Authenticated } from './stages.ts';

export async function vouch(context: Context, attempt: Attempt, call: AskedCall): Promise<Authenticated> {
  const { upstreams } = call.asker.point;
  // What it may not ask about, and what is not there, look the same.
  if (upstreams !== '*' && !upstreams.includes(call.upstream)) throw new AppError('upstream.not_found');
  if (!isId('agt', call.agentId)) throw new AppError('agent.not_found');
  const agent = await context.agents.get(call.agentId);
  if (!isId('tsk', call.taskId)) throw new AppError('task.not_found');
  const { point, jti } = call.asker;
  const { binding } = point;
  const bound: TokenBinding =
    binding === 'dpop'
      ? { kind: 'dpop', jkt: point.id }
      : binding === 'mtls'
        ? { kind: 'mtls', x5t: point.id }
        : { kind: 'none' };
  const { taskId } = call;
  const token = vouchedToken(context, { agent, taskId, point: point.id, binding: bound, jti: jti ?? '' });
  return { ...attempt, token, agent } as Authenticated;
}

/** The same for a hook that has shown its credential, about its own agent and a task of that one. */
export async function vouchForHook(
  context: Context,
  attempt: Attempt,
  hook: { readonly point: string; readonly agentId: string; readonly taskId: string },
): Promise<Authenticated> {
  const { point, taskId } = hook;
  const agent = await context.agents.get(hook.agentId);
  const token = vouchedToken(context, { agent, taskId, point, binding: { kind: 'hook', point }, jti: '' });
  return { ...attempt, token, agent } as Authenticated;
}

interface Vouched {
  readonly agent: AgentFacts;
  readonly taskId: string;
  /** Whoever vouches. */
  readonly point: string;
  readonly binding: TokenBinding;
  readonly jti: string;
}

/** Stands where an agent's own token does: bound to whoever vouches, so that no approval of another door fits it. */
function vouchedToken(
  { platform }: Pick<Context, 'platform'>,
  { agent, taskId, point, binding, jti }: Vouched,
): PresentedToken {
  return {
    agentId: agent.id,
    subject: agent.id,
    clientId: point,
    binding,
    key: point,
    registeredKey: null,
    workload: null,
    taskId,
    callDigest: null,
    ownerId: agent.ownerId,
    chain: [],
    // How old the agent's own token is nobody here can tell: it is never fresh.
    issuedAt: 0,
    expiresAt: platform.now(),
    jti,
    tokenHash: '',
  };
}
