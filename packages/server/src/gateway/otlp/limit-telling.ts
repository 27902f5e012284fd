import type { Platform } from '../../platform/platform.ts';
import { RecentMap } from '../../platform/recent-map.ts';

/** How much each source may tell: a bucket that fills up again within a minute. */
export interface TellingLimit {
  hasRoom(source: string): boolean;
  /** How many of these pieces may be taken. What they took to read is owed from then on, and paid before anything more is taken. */
  take(source: string, pieces: number, bytes: number): number;
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
    hasRoom: (source) => fill(source).left >= 1,
    take(source, pieces, bytes) {
      const bucket = fill(source);
      const taken = Math.max(0, Math.min(pieces, Math.floor(bucket.left)));
      bucket.left -= Math.max(taken, Math.floor(bytes / bytesPerPiece));
      return taken;
    },
    waitSeconds(source) {
      const missing = Math.max(0, 1 - fill(source).left);
      return Math.max(1, Math.ceil((missing * 60) / perMinute));
    },
  };
}
