import { describe, expect, it } from 'vitest';
import { closeUnderLoad } from './ground/close-under-load.ts';

describe('server.closed-under-load', { timeout: 90_000 }, () => {
  it('stops in the middle of calls, again and again, and leaves no failure that nobody hears', async () => {
    const done = await closeUnderLoad({ rounds: 8, seed: 20_261_122, withinMilliseconds: 40_000 });
    expect(done.unheard).toEqual([]);
    expect(done.rounds).toBeGreaterThan(1);
    expect(done.answered).toBeGreaterThan(50);
  });
});
