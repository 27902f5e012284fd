import { describe, expect, it } from 'vitest';
import { createSampler, type SamplerParts } from './sampler.ts';

interface Ground {
  readonly deferred: (() => void)[];
  readonly seen: number[];
  readonly errors: unknown[];
}

function make(change: Partial<SamplerParts<number>>) {
  const ground: Ground = { deferred: [], seen: [], errors: [] };
  const sampler = createSampler<number>({
    share: 1,
    random: () => 0.5,
    defer: (task) => ground.deferred.push(task),
    check: (decision) => ground.seen.push(decision),
    onError: (error) => ground.errors.push(error),
    ...change,
  });
  const run = () => {
    for (let task = ground.deferred.shift(); task !== undefined; task = ground.deferred.shift()) task();
  };
  return { ...ground, sampler, run };
}

describe('a sampler', () => {
  it('checks after the answer has left, one decision at a time', () => {
    const { sampler, deferred, seen, run } = make({});
    sampler.offer(1);
    sampler.offer(2);
    expect(seen).toEqual([]);
    expect(deferred).toHaveLength(1);
    deferred.shift()?.();
    expect(seen).toEqual([1]);
    run();
    expect(seen).toEqual([1, 2]);
    sampler.offer(3);
    run();
    expect(sampler.checked).toBe(3);
  });

  it('drops what comes while 64 wait, and counts it', () => {
    const { sampler, seen, run } = make({});
    for (let decision = 0; decision < 100; decision++) sampler.offer(decision);
    expect(sampler.dropped).toBe(36);
    run();
    expect(seen).toHaveLength(64);
  });

  it('takes about its share, without a pattern that callers could count', () => {
    let state = 7;
    const random = () => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const { sampler, seen, run } = make({ share: 0.01, random });
    for (let decision = 0; decision < 100_000; decision++) {
      sampler.offer(decision);
      run();
    }
    expect(seen.length).toBeGreaterThan(800);
    expect(seen.length).toBeLessThan(1_200);
    const gaps = new Set(seen.slice(1).map((at, index) => at - (seen[index] ?? 0)));
    expect(gaps.size).toBeGreaterThan(100);
  });

  it('takes nothing of a share of nothing', () => {
    const { sampler, deferred } = make({ share: 0 });
    for (let decision = 0; decision < 10_000; decision++) sampler.offer(decision);
    expect(deferred).toEqual([]);
  });

  it('goes on after a check that failed', () => {
    const { sampler, errors, run } = make({
      check: (decision) => {
        if (decision === 1) throw new Error('the engine broke');
      },
    });
    sampler.offer(1);
    sampler.offer(2);
    run();
    expect(errors).toHaveLength(1);
    expect(sampler.checked).toBe(2);
  });
});
