// Guarantees: the token is ours and alive, its key signed this very request, once.
import type { Context } from '../context.ts';
import type { Attempt, Authenticated } from './stages.ts';

export async function authenticate(context: Context, attempt: Attempt): Promise<Authenticated> {
  const token = await context.tokens.verifyPresented(attempt.credentials);
  const agent = await context.agents.get(token.agentId);
  return { ...attempt, token, agent } as Authenticated;
}
