import { type Counts, METRICS, type Metric } from './score.ts';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type Figures = Readonly<Record<Metric, Interval>>;

const resamples = 2_000;

/**
 * Each metric with its 95 % interval. Runs of one task are alike, so whole tasks are drawn, not runs. `groups`: the counts
 * of the runs of each task.
 */
export function estimate(groups: readonly (readonly Counts[])[]): Figures {
  const sums = groups.map(sumCounts);
  const drawn = new Map<Metric, number[]>(METRICS.map((metric) => [metric, []]));
  const random = createRandom(20_261_122);
  for (let i = 0; i < resamples; i++) {
    const sample = sums.map(() => sums[Math.floor(random() * sums.length)] as Counts);
    const total = sumCounts(sample);
    for (const metric of METRICS) {
      const { value, of } = total[metric];
      // A sample without any run of the kind says nothing of it.
      if (of > 0) drawn.get(metric)?.push(value / of);
    }
  }
  const total = sumCounts(sums);
  return fill((metric) => {
    const values = (drawn.get(metric) ?? []).sort((a, b) => a - b);
    const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
    const { value, of } = total[metric];
    const tasks = sums.filter((one) => one[metric].of > 0).length;
    const share = of === 0 ? 0 : value / of;
    return widen({ value: share, low: at(0.025), high: at(0.975) }, tasks, metric);
  });
}

/** Where nothing (or everything) was seen, draws of it show no more: how many tasks that were bounds what there may be. */
function widen(interval: Interval, tasks: number, metric: Metric): Interval {
  const unseen = tasks === 0 ? 1 : 1 - 0.05 ** (1 / tasks);
  if (interval.value === 0) return { ...interval, high: Math.max(interval.high, unseen) };
  const isShare = !/asks|asked/.test(metric);
  return interval.value === 1 && isShare
    ? { ...interval, low: Math.min(interval.low, 1 - unseen) }
    : interval;
}

function sumCounts(counts: readonly Counts[]): Counts {
  return fill((metric) => ({
    value: counts.reduce((sum, one) => sum + one[metric].value, 0),
    of: counts.reduce((sum, one) => sum + one[metric].of, 0),
  }));
}

function fill<T>(make: (metric: Metric) => T): Readonly<Record<Metric, T>> {
  return Object.fromEntries(METRICS.map((metric) => [metric, make(metric)])) as Record<Metric, T>;
}

/** Mulberry32: the same draws in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
