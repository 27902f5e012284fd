// Guarantees: a registered enforcement point, which may ask about this upstream, says which agent it has before it.
import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../context.ts';
import type { PresentedToken } from '../tokens/index.ts';
import type { AskedCall } from './asked.ts';
import type { Attempt, Authenticated } from './stages.ts';

export async function vouch(context: Context, attempt: Attempt, call: AskedCall): Promise<Authenticated> {
  const { upstreams } = call.asker.point;
  // What it may not ask about, and what is not there, look the same.
  if (upstreams !== '*' && !upstreams.includes(call.upstream)) throw new AppError('upstream.not_found');
  if (!isId('agt', call.agentId)) throw new AppError('agent.not_found');
  const agent = await context.agents.get(call.agentId);
  if (!isId('tsk', call.taskId)) throw new AppError('task.not_found');
  const token = vouchedToken(call, agent.ownerId, call.taskId, context.platform.now());
  return { ...attempt, token, agent } as Authenticated;
}

/** Stands where an agent's own token does: bound to whoever vouches, so that no approval of another door fits it. */
function vouchedToken(call: AskedCall, ownerId: string, taskId: string, now: number): PresentedToken {
  const { point, jti } = call.asker;
  const { binding } = point;
  return {
    agentId: call.agentId,
    subject: call.agentId,
    clientId: point.id,
    binding:
      binding === 'dpop'
        ? { kind: 'dpop', jkt: point.id }
        : binding === 'mtls'
          ? { kind: 'mtls', x5t: point.id }
          : { kind: 'none' },
    key: point.id,
    registeredKey: null,
    workload: null,
    taskId,
    callDigest: null,
    ownerId,
    chain: [],
    // How old the agent's own token is nobody here can tell: it is never fresh.
    issuedAt: 0,
    expiresAt: now,
    jti: jti ?? '',
    tokenHash: '',
  };
}
