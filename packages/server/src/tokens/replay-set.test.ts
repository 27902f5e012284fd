import { describe, expect, it } from 'vitest';
import { createReplaySet } from './replay-set.ts';

const make = (capacity = 100) => createReplaySet({ retainMilliseconds: 5000, capacity });

describe('a replay set', () => {
  it('accepts a value once for at least the retention', () => {
    const replays = make();
    expect(replays.use('a', 1_000_900)).toBe(true);
    expect(replays.use('a', 1_000_900)).toBe(false);
    expect(replays.use('a', 1_005_900)).toBe(false);
    expect(replays.use('b', 1_005_900)).toBe(true);
  });

  it('forgets whole seconds once they are too old', () => {
    const replays = make();
    for (let second = 0; second < 50; second++) {
      for (let i = 0; i < 10; i++) replays.use(`${second}.${i}`, second * 1000);
      expect(replays.size).toBeLessThanOrEqual(70);
    }
    expect(replays.use('0.0', 49_000)).toBe(true);
  });

  it('keeps values longer, never shorter, when the clock is set back', () => {
    const replays = make();
    replays.use('a', 100_000);
    expect(replays.use('a', 40_000)).toBe(false);
    replays.use('b', 40_000);
    expect(replays.use('b', 104_000)).toBe(false);
  });

  it('refuses everything when full instead of forgetting early', () => {
    const replays = make(2);
    replays.use('a', 0);
    replays.use('b', 0);
    expect(() => replays.use('c', 0)).toThrow(expect.objectContaining({ code: 'server.overloaded' }));
    expect(replays.use('a', 0)).toBe(false);
    expect(replays.use('c', 10_000)).toBe(true);
  });
});
