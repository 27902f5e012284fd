import type { Interval } from '../intervals.ts';

const Z = 1.959_964;

/** A share with its 95 % interval after Wilson, which holds for few cases and for shares near 0 and 1. */
export function wilsonInterval(count: number, of: number): Interval {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const value = count / of;
  const centre = value + Z ** 2 / (2 * of);
  const half = Z * Math.sqrt((value * (1 - value)) / of + Z ** 2 / (4 * of ** 2));
  const scale = 1 + Z ** 2 / of;
  return { value, low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}
