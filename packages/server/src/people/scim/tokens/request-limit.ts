import { AppError } from '@countersign/api';
import type { Platform } from '../../../platform/platform.ts';

const minuteMilliseconds = 60_000;
const mostKeys = 10_000;

/** How many requests a minute for each key; past so many keys the new ones are refused. */
export function createRequestLimit(platform: Pick<Platform, 'now'>, most: number): (key: string) => void {
  let minute = Number.NaN;
  let spent = new Map<string, number>();
  return (key) => {
    const now = platform.now();
    const current = Math.floor(now / minuteMilliseconds);
    if (current !== minute) {
      minute = current;
      spent = new Map();
    }
    const before = spent.get(key) ?? 0;
    if (before >= most || (before === 0 && spent.size >= mostKeys)) {
      const seconds = Math.ceil(((current + 1) * minuteMilliseconds - now) / 1000);
      throw new AppError('server.rate_limited', { headers: { 'retry-after': String(seconds) } });
    }
    spent.set(key, before + 1);
  };
}
