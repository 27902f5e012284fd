import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { challengeAgain } from '../tokens/index.ts';
import type { Decided } from './stages.ts';

/** Throws `token.not_fresh`, as a challenge that a client answers with a new token, when policy asks for a younger one. */
export function requireFresh(context: Pick<Context, 'platform' | 'tokens'>, decided: Decided): void {
  const { freshSeconds } = decided.ruling.obligations;
  if (freshSeconds === null) return;
  const age = context.platform.now() - decided.token.issuedAt;
  if (age <= freshSeconds * 1000) return;
  const error = new AppError('token.not_fresh', { detail: `at most ${freshSeconds} s old` });
  // An enforcement point asks without the agent's token: nobody here could be challenged.
  if (decided.credentials.authorization.length === 0) throw error;
  throw challengeAgain(error, decided.credentials, context.tokens.nextNonce());
}
