import { describe, expect, it } from 'vitest';
import { createTellingLimit } from './limit-telling.ts';

describe('what a source may tell in a minute', () => {
  it('is taken, owed for what was read, and comes back with time, whatever the clock does', () => {
    let now = 1_000_000;
    const limit = createTellingLimit({ now: () => now }, 60);
    expect(limit.take('a', 50, 0)).toBe(50);
    expect(limit.take('a', 50, 0)).toBe(10);
    expect([limit.hasRoom('a'), limit.hasRoom('b'), limit.waitSeconds('a')]).toEqual([false, true, 1]);
    now -= 3_600_000;
    expect(limit.hasRoom('a')).toBe(false);
    now += 30_000;
    expect(limit.take('a', 100, 0)).toBe(30);
    now += 60_000;
    // A body of 1 MiB is 256 pieces: it is taken, and then paid.
    expect(limit.take('a', 1, 1_048_576)).toBe(1);
    expect([limit.hasRoom('a'), limit.waitSeconds('a')]).toEqual([false, 197]);
    now += 197_000;
    expect(limit.hasRoom('a')).toBe(true);
  });
});
