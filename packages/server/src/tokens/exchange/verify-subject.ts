import { AppError, type ErrorCode, toAppError } from '@countersign/api';
import { isCredentialValid } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { isChainInForce, type LeasedTask, requireStanding } from '../../tasks/index.ts';
import { toPresentedToken } from '../to-presented-token.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenClaims } from '../token-claims.ts';
import type { PresentedToken } from '../token-state.ts';
import { verifyAccessToken } from '../verify-access-token.ts';

export interface Subject {
  readonly claims: TokenClaims;
  readonly token: PresentedToken;
  readonly task: LeasedTask;
}

/**
 * That the subject token, which is hostile, is worth something this very moment: ours, for a task, bound to a key, and
 * all that it rests on in force, as it would have to be for a call with it. Throws `token.subject_invalid` whatever is
 * wrong, so that a thief learns nothing of it, and `signal.stopped`.
 */
export async function verifySubject(context: Context, text: string): Promise<Subject> {
  try {
    return await verify(context, text);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!hidden.has(error.code)) throw error;
    throw new AppError('token.subject_invalid', { cause: error });
  }
}

const hidden: ReadonlySet<ErrorCode> = new Set([
  'agent.not_active',
  'agent.not_found',
  'delegation.not_active',
  'delegation.not_found',
  'task.not_found',
  'task.not_open',
  'task.too_deep',
  'token.expired',
  'token.invalid',
]);

async function verify(context: Context, text: string): Promise<Subject> {
  const { claims, token } = await readToken(context, text);
  // A bearer token proves nothing of who held it; a token for one exact call is for that call.
  if (token.binding.kind === 'none' || token.callDigest !== null) throw new AppError('token.invalid');
  if (token.taskId === null) throw new AppError('token.invalid');
  const agent = await context.agents.get(token.agentId);
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  const now = context.platform.now();
  if (!isCredentialValid(agent, token, now)) throw new AppError('token.invalid');
  const task = await context.tasks.look(token.taskId);
  if (task.agentId !== agent.id) throw new AppError('task.not_found');
  if (task.endedAt !== null || task.expiresAt <= now) throw new AppError('task.not_open');
  if (!isChainInForce(task, now)) throw new AppError('delegation.not_active');
  const { through } = await requireStanding(context, task);
  context.stops.check({
    ...{ action: '', upstream: '', tool: '' },
    ...{ agent: agent.id, owner: agent.ownerId, task: task.id, token: token.jti, chain: task.chainIds },
    ...(through === undefined ? {} : { through }),
  });
  return { claims, token, task };
}

/**
 * That the actor token is the client's own: alive, and bound to what this request proves possession of. Throws
 * `token.actor_invalid`.
 */
export async function verifyActor(
  context: Context,
  text: string,
  client: { readonly agentId: string; readonly binding: TokenBinding },
): Promise<void> {
  try {
    const { token } = await readToken(context, text);
    const agent = await context.agents.get(token.agentId);
    const isOwn = agent.id === client.agentId && token.key === nameBinding(client.binding);
    const isInForce = isCredentialValid(agent, token, context.platform.now());
    if (!isOwn || !isInForce || token.binding.kind === 'none') throw new AppError('token.invalid');
    const scopes = { agent: agent.id, owner: agent.ownerId, task: token.taskId ?? '', chain: token.chain };
    context.stops.check({ ...scopes, token: token.jti, action: '', upstream: '', tool: '' });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!hidden.has(error.code)) throw error;
    throw new AppError('token.actor_invalid', { cause: error });
  }
}

/** Signed by this server as an access token, and in its time. */
async function readToken(context: Context, text: string) {
  const { platform, tokens, config } = context;
  const now = platform.now();
  const claims = await verifyAccessToken(text, { issuer: tokens.issuer, keys: tokens.signingKeys, now });
  const token = toPresentedToken(claims, sha256(text));
  if (now >= token.expiresAt) throw new AppError('token.expired');
  if (token.issuedAt > now + config.tokens.clockSkewSeconds * 1000) throw new AppError('token.invalid');
  return { claims, token };
}
