// Guarantees: the token is ours and alive, its key signed this very request, once.
import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { PresentedToken } from '../tokens/index.ts';
import type { Attempt, Authenticated } from './stages.ts';

export async function authenticate(context: Context, attempt: Attempt): Promise<Authenticated> {
  const token = attempt.proven
    ? await requireAlive(context, attempt.proven)
    : await context.tokens.verifyPresented(attempt.credentials);
  const agent = await context.agents.get(token.agentId);
  const { address } = attempt.credentials;
  const key = token.registeredKey ?? '';
  if (address !== undefined) context.agents.places.note(agent.id, { address, key }, attempt.receivedAt);
  return { ...attempt, token, agent } as Authenticated;
}

/** All else that may have changed since is looked at by the next step, as it is for every action. */
async function requireAlive({ platform, tokens }: Context, token: PresentedToken): Promise<PresentedToken> {
  if (platform.now() >= token.expiresAt) throw new AppError('token.expired');
  if (!tokens.status.isHonoured(token)) await tokens.status.requireHonoured(token);
  return token;
}
