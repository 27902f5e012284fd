import { toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';

/** Runs what a client asked and records its refusal, counted like the token endpoint's own. */
export async function recordRefused<T>(context: Pick<Context, 'tokens'>, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    const error = toAppError(thrown);
    await context.tokens.refusals.record({ reason: error.code, authenticated: false });
    throw error;
  }
}
