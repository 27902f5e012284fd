import { AppError } from '@countersign/api';
import type { Platform } from '../../platform/platform.ts';
import { createMinuteLimit } from '../minute-limit.ts';

/** How often strangers may make this server ask others. */
export interface FetchAllowance {
  /** Does the work, or throws `server.rate_limited` (this host, this minute) or `server.overloaded` (all at once). */
  spend<T>(host: string, work: () => Promise<T>): Promise<T>;
}

const mostAtOnce = 16;
const mostInMinute = 20;
const mostHosts = 1000;

/** Failures are not held, so without a bound anyone could have a third party asked without end through us. */
export function createFetchAllowance(platform: Pick<Platform, 'now'>): FetchAllowance {
  let running = 0;
  const what = 'client metadata documents';
  const limit = createMinuteLimit(platform, { what, most: mostInMinute, mostKeys: mostHosts });
  return {
    async spend(host, work) {
      limit.spend(host);
      if (running >= mostAtOnce) throw new AppError('server.overloaded');
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
      }
    },
  };
}
