import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { describeSecretEvent } from './record-secret.ts';

const pauseMilliseconds = 5_000;
const pauseAfterFailureMilliseconds = 60_000;
const system: Actor = { kind: 'system', part: 'rotation' };

/**
 * Forgets values whose overlap is over and writes it down; returns when to look again, in epoch milliseconds. The end
 * of an overlap needs no job to bite: every use compares the time itself.
 */
export async function endOverlaps(context: Context): Promise<number> {
  const { platform, secrets, store, log } = context;
  try {
    const over = await secrets.forgetPrevious();
    const bodies = over.map(({ name, version }) => ({ name, version }));
    if (over.length > 0)
      await store.append(
        bodies.map((body) => describeSecretEvent(context, 'secret.overlap_ended', system, body)),
      );
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    log.warn({ code: thrown.code, detail: thrown.detail }, 'the secret stores could not be looked after');
    return platform.now() + pauseAfterFailureMilliseconds;
  }
  return platform.now() + pauseMilliseconds;
}
