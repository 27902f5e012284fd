/** How many calls there were on one day. `day` counts whole days since 1970 in UTC. */
export interface DayCount {
  readonly day: number;
  readonly calls: number;
}

export interface Spike extends DayCount {
  /** The middle of the other days of the window. */
  readonly median: number;
  /** Above what a day may have before it stands out. */
  readonly threshold: number;
}

/** Fewer days say nothing about what is usual. */
const FEWEST_DAYS = 7;
/** Of a normal spread, one standard deviation is this many median absolute deviations. */
const SCALE = 1.4826;
const FAR = 5;
/** A few calls more than none are no spike. */
const SMALLEST = 20;

/**
 * Days that stand out of the window: above the median by five scaled median absolute deviations (at least by as much as
 * the median itself and by 20 calls), which a few wild days cannot shift. Null when fewer than seven days had a call:
 * then what is usual is not known. Days without any call do not count.
 */
export function findSpikes(days: readonly DayCount[]): readonly Spike[] | null {
  const active = days.filter(({ calls }) => calls > 0);
  if (active.length < FEWEST_DAYS) return null;
  const median = findMedian(active.map(({ calls }) => calls));
  const spread = findMedian(active.map(({ calls }) => Math.abs(calls - median)));
  const threshold = median + Math.max(FAR * SCALE * spread, median, SMALLEST);
  return active.filter(({ calls }) => calls > threshold).map((one) => ({ ...one, median, threshold }));
}

/** Of an even number of values, the mean of the two in the middle. NaN of none. */
export function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
