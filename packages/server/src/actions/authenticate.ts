// Guarantees: the token is ours and alive, its key signed this very request, once, and its agent is active.
import { AppError } from '@countersign/api';
import { isKeyValid } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { Attempt, Authenticated } from './stages.ts';

export async function authenticate(context: Context, attempt: Attempt): Promise<Authenticated> {
  const token = await context.tokens.verifyPresented(attempt.credentials);
  const agent = await context.agents.get(token.agentId);
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  // A retired key ends the tokens it got, not only the next ones.
  if (!isKeyValid(agent, token.registeredKey, context.platform.now())) throw new AppError('token.invalid');
  return { ...attempt, token, agent } as Authenticated;
}
