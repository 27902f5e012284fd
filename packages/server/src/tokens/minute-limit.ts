import { AppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';

/** How often something may happen in one minute for each key; bounded in memory. */
export interface MinuteLimit {
  /** Throws `server.rate_limited`. */
  spend(key: string): void;
}

const minuteMilliseconds = 60_000;

/** More keys than `mostKeys` in one minute are refused like too many uses of one. */
export function createMinuteLimit(
  platform: Pick<Platform, 'now'>,
  options: { readonly what: string; readonly most: number; readonly mostKeys: number },
): MinuteLimit {
  let minute = Number.NaN;
  let spent = new Map<string, number>();
  return {
    spend(key) {
      const now = Math.floor(platform.now() / minuteMilliseconds);
      if (now !== minute) {
        minute = now;
        spent = new Map();
      }
      const before = spent.get(key) ?? 0;
      if (before >= options.most || (before === 0 && spent.size >= options.mostKeys)) {
        throw new AppError('server.rate_limited', { detail: options.what });
      }
      spent.set(key, before + 1);
    },
  };
}
