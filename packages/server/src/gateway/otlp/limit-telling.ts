import type { Platform } from '../../platform/platform.ts';
import { RecentMap } from '../../platform/recent-map.ts';

/** How much each source may tell: a bucket that fills up again within a minute. */
export interface TellingLimit {
  /** How many of these may be taken now, of what is left after `bytes` of reading. */
  take(source: string, pieces: number): number;
  /** Charges what reading costs. False when nothing is left. */
  chargeBytes(source: string, bytes: number): boolean;
  /** Until one more may come. */
  waitSeconds(source: string): number;
}

const mostSources = 10_000;
const minuteMilliseconds = 60_000;
/** So much of a body costs as much as one piece. */
const bytesPerPiece = 4_096;

interface Bucket {
  left: number;
  at: number;
}

export function createTellingLimit(platform: Pick<Platform, 'now'>, perMinute: number): TellingLimit {
  const buckets = new RecentMap<Bucket>(mostSources);
  const fill = (source: string): Bucket => {
    const now = platform.now();
    const known = buckets.get(source);
    if (known === undefined) {
      const bucket = { left: perMinute, at: now };
      buckets.add(source, bucket);
      return bucket;
    }
    // A clock that was set back fills nothing.
    const passed = Math.max(0, now - known.at);
    known.left = Math.min(perMinute, known.left + (passed * perMinute) / minuteMilliseconds);
    known.at = now;
    return known;
  };
  return {
    take(source, pieces) {
      const bucket = fill(source);
      const taken = Math.max(0, Math.min(pieces, Math.floor(bucket.left)));
      bucket.left -= taken;
      return taken;
    },
    chargeBytes(source, bytes) {
      const bucket = fill(source);
      if (bucket.left < 1) return false;
      bucket.left -= Math.floor(bytes / bytesPerPiece);
      return true;
    },
    waitSeconds(source) {
      const missing = Math.max(0, 1 - fill(source).left);
      return Math.max(1, Math.ceil((missing * 60) / perMinute));
    },
  };
}
