import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { useOnce } from '../plugins/database/use-once.ts';
import { createReplaySet } from './replay-set.ts';

/** Which assertions of clients were used, each once at all gateways of a database together. */
export interface UsedAssertions {
  /** False when it was used before. Throws `server.overloaded`, and `ledger.unavailable` where others have to know of it. */
  use(value: string): Promise<boolean>;
}

export function createUsedAssertions(parts: {
  readonly store: Pick<Store, 'seat' | 'sql'>;
  readonly platform: Pick<Platform, 'now'>;
  readonly retainMilliseconds: number;
}): UsedAssertions {
  const { store, platform, retainMilliseconds } = parts;
  const replays = createReplaySet({ retainMilliseconds, capacity: 500_000 });
  return {
    async use(value) {
      const now = platform.now();
      // In memory first, and in one step: of two copies in flight here one is refused.
      if (!replays.use(value, now)) return false;
      return !store.seat.isShared || useOnce(store, `assertion ${value}`, now + retainMilliseconds);
    },
  };
}
