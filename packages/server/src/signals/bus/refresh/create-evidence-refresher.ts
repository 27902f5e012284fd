import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { followErasures } from '../../../ledger/index.ts';

const pollMilliseconds = 50;
const patienceMilliseconds = 15_000;

/**
 * Forgets the keys of what another gateway has erased. That is said when it begins; its keys go a moment later, and whoever
 * erases waits for all others to say that they have forgotten them. Nothing else waits for it.
 */
export function createEvidenceRefresher({ store, log }: Pick<Context, 'log' | 'store'>): () => Promise<void> {
  let isFollowing = false;
  const follow = async (): Promise<void> => {
    for (let waited = 0; waited < patienceMilliseconds; waited += pollMilliseconds) {
      await sleep(pollMilliseconds);
      if (!(await followErasures({ store })).isBegun) return;
    }
  };
  return async () => {
    const { isBegun } = await followErasures({ store });
    if (!isBegun || isFollowing) return;
    isFollowing = true;
    follow()
      .catch((thrown: unknown) =>
        log.warn(
          { code: toAppError(thrown).code },
          'the keys of what was erased elsewhere are not forgotten yet',
        ),
      )
      .finally(() => {
        isFollowing = false;
      });
  };
}
