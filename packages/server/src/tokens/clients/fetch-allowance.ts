import { AppError } from '@countersign/api';
import type { Platform } from '../../platform/platform.ts';

/** How often strangers may make this server ask others. */
export interface FetchAllowance {
  /** Does the work, or throws `server.rate_limited` (this host, this minute) or `server.overloaded` (all at once). */
  spend<T>(host: string, work: () => Promise<T>): Promise<T>;
}

const mostAtOnce = 16;
const mostInMinute = 20;
const mostHosts = 1000;
const minuteMilliseconds = 60_000;

/** Failures are not held, so without a bound anyone could have a third party asked without end through us. */
export function createFetchAllowance(platform: Pick<Platform, 'now'>): FetchAllowance {
  let running = 0;
  let minute = 0;
  let spent = new Map<string, number>();
  return {
    async spend(host, work) {
      const now = Math.floor(platform.now() / minuteMilliseconds);
      if (now !== minute) {
        minute = now;
        spent = new Map();
      }
      const before = spent.get(host) ?? 0;
      if (before >= mostInMinute || (before === 0 && spent.size >= mostHosts)) {
        throw new AppError('server.rate_limited', { detail: 'client metadata documents' });
      }
      if (running >= mostAtOnce) throw new AppError('server.overloaded');
      spent.set(host, before + 1);
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
      }
    },
  };
}
