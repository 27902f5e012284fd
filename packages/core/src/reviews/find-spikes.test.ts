import { describe, expect, it } from 'vitest';
import { findMedian, findSpikes } from './find-spikes.ts';
import { rankLimits } from './risk-tier.ts';

const days = (...calls: readonly number[]) => calls.map((count, day) => ({ day, calls: count }));

describe('spikes', () => {
  it('finds the day that stands out, which does not hide itself', () => {
    expect(findSpikes(days(40, 42, 38, 41, 39, 40, 900, 43))).toMatchObject([
      { day: 6, calls: 900, median: 40.5 },
    ]);
  });

  it('finds none in days that differ as they always do, or among few calls', () => {
    expect(findSpikes(days(10, 80, 30, 60, 20, 90, 50))).toEqual([]);
    expect(findSpikes(days(1, 1, 1, 1, 1, 1, 19))).toEqual([]);
  });

  it('says that it does not know from too few days', () => {
    expect(findSpikes(days(1, 0, 0, 0, 0, 0, 0, 900))).toBeNull();
    expect(findSpikes([])).toBeNull();
  });

  it('takes the middle', () => {
    expect(findMedian([3, 1, 2])).toBe(2);
    expect(findMedian([4, 1])).toBe(2.5);
    expect(findMedian([])).toBeNaN();
  });
});

describe('risk tiers', () => {
  const limits = {
    ...{
      upstreams: ['shop'],
      actions: ['shop/*'],
      arguments: [],
      dataDomains: '*' as const,
      environments: [],
    },
    ...{ expiresAt: 1, calls: null, spendMinor: null, currency: null, depth: 0 },
  };
  it.each([
    [0, { effects: ['read'] }],
    [1, { effects: ['read', 'write'] }],
    [1, { effects: ['egress'] }],
    [2, { effects: ['spend'], spendMinor: 5 }],
    [3, { effects: ['spend'] }],
    [3, { effects: ['admin'] }],
    [3, { effects: ['write'], upstreams: '*', actions: ['*'] }],
    [0, { effects: ['read'], upstreams: '*', actions: ['*'] }],
  ] as const)('is %s for %j', (tier, changes) => {
    expect(rankLimits({ ...limits, ...changes })).toBe(tier);
  });
});
