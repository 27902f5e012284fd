import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BreakerSettings,
  type CascadeSettings,
  CascadeTrail,
  CircuitBreaker,
  hashCall,
  hashGoal,
} from './index.ts';

const off: CascadeSettings = {
  ...{ windowSeconds: 60, sameCalls: 0, nearCalls: 0, cycles: 0, children: 0, errors: 0, denials: 0 },
};
const call = (tool: string, args: object = {}) => hashCall(tool, args as never);

/** The number of the call at which something was found, and what. */
function run(trail: CascadeTrail, calls: readonly ReturnType<typeof call>[], stepMilliseconds = 10) {
  for (const [index, one] of calls.entries()) {
    const found = trail.noteCall(one, index * stepMilliseconds);
    if (found !== null) return [index + 1, found.cause];
  }
  return null;
}

const repeat = <T>(times: number, make: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, i) => make(i));

describe('CascadeTrail', () => {
  it('finds the same call, however its arguments are ordered, and stops at the one after the bound', () => {
    const calls = repeat(40, (i) => call('a/b', i % 2 === 0 ? { x: 1, y: [2] } : { y: [2], x: 1 }));
    expect(run(new CascadeTrail({ ...off, sameCalls: 10 }), calls)).toEqual([11, 'loop']);
    expect(run(new CascadeTrail({ ...off, sameCalls: 10 }), calls, 7_000)).toBeNull();
    expect(run(new CascadeTrail(off), calls)).toBeNull();
  });

  it.each([32, 300])('finds the same call with %i others in between', (others) => {
    const between = (round: number) => repeat(others, (i) => call(`other/${'x'.repeat(i)}`, { round }));
    const calls = repeat(4, (round) => [...repeat(99, () => call('a/b')), ...between(round)]).flat();
    expect(run(new CascadeTrail({ ...off, sameCalls: 100 }), calls, 1)).toEqual([99 + others + 2, 'loop']);
    const rounds = repeat(101, (round) => [call('a/b'), ...repeat(32, (i) => call(`c/${i}`, { round }))]);
    expect(run(new CascadeTrail({ ...off, sameCalls: 100 }), rounds.flat(), 1)).toEqual([3_301, 'loop']);
  });

  it('finds what counts something up with others in between', () => {
    const calls = repeat(4, (round) => [
      ...repeat(99, (i) => call('a/b', { page: round * 99 + i })),
      ...repeat(100, (i) => call(`other/${'x'.repeat(i)}`, { round: 'y'.repeat(round) })),
    ]).flat();
    expect(run(new CascadeTrail({ ...off, nearCalls: 100 }), calls, 1)).toEqual([201, 'near_loop']);
  });

  it('goes on counting when the clock is set back', () => {
    const trail = new CascadeTrail({ ...off, sameCalls: 10 });
    for (let i = 0; i < 300; i++) trail.noteCall(call('a/b', { i }), 1_000_000);
    const found = repeat(11, (i) => trail.noteCall(call('a/b'), i)?.cause ?? null);
    expect(found).toEqual([...repeat(10, () => null), 'loop']);
  });

  it('finds what only counts something up', () => {
    const calls = repeat(40, (i) => call('a/b', { q: `Page ${i} of  9`, offset: i * 10 }));
    expect(run(new CascadeTrail({ ...off, sameCalls: 10 }), calls)).toBeNull();
    expect(run(new CascadeTrail({ ...off, nearCalls: 20 }), calls)).toEqual([21, 'near_loop']);
    const words = repeat(40, (i) => call('a/b', { q: 'x'.repeat(i) }));
    expect(run(new CascadeTrail({ ...off, nearCalls: 20 }), words)).toBeNull();
  });

  it.each([2, 3, 4])('finds rounds of %i calls', (length) => {
    const calls = repeat(80, (i) => call(`a/${i % length}`));
    const found = run(new CascadeTrail({ ...off, cycles: 5 }), calls);
    expect(found).toEqual([6 * length, 'cycle']);
    expect(run(new CascadeTrail({ ...off, cycles: 5 }), calls, 30_000)).toBeNull();
  });

  it('takes neither one call again and again nor no order for a cycle', () => {
    expect(
      run(
        new CascadeTrail({ ...off, cycles: 3 }),
        repeat(40, () => call('a/b')),
      ),
    ).toBeNull();
    expect(
      run(
        new CascadeTrail({ ...off, cycles: 3 }),
        repeat(40, (i) => call(`a/${i * i}`)),
      ),
    ).toBeNull();
  });

  it('counts failures and what is made inside in a window', () => {
    const trail = new CascadeTrail({ ...off, errors: 3, children: 2 });
    expect(repeat(4, (i) => trail.noteFailure(i)?.cause ?? null)).toEqual([null, null, null, 'errors']);
    expect(trail.noteFailure(70_000)).toBeNull();
    expect(repeat(3, (i) => trail.noteChild(i)?.cause ?? null)).toEqual([null, null, 'fan_out']);
  });

  it('counts a refused goal that is tried another way twice, and a change that reaches it once', () => {
    const trail = new CascadeTrail({ ...off, denials: 5 });
    const goal = (tool: string, aim: string) => ({ tool, aims: [hashGoal(aim)] });
    expect(trail.noteDenial(goal('mail/send', 'Eve@evil.example'))).toBeNull();
    expect(trail.noteDenial(goal('mail/send', 'eve@evil.example '))).toBeNull();
    expect(trail.denials).toBe(2);
    expect(trail.noteChange(goal('mail/send', 'boss@good.example'))).toBeNull();
    expect(trail.denials).toBe(2);
    expect(trail.noteChange(goal('files/share', 'eve@evil.example'))).toBeNull();
    expect(trail.denials).toBe(3);
    expect(trail.noteDenial(goal('chat/post', 'eve@evil.example'))).toEqual({ cause: 'denials', count: 5 });
    trail.clear();
    expect(trail.noteDenial(goal('mail/send', 'other@evil.example'))).toBeNull();
    expect(trail.noteDenial(goal('mail/send', 'third@evil.example'))).toBeNull();
    expect(trail.denials).toBe(3);
  });

  it('hashes whatever it is given, in bounded time', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (args, tool) => {
        const hash = hashCall(tool, args as never);
        expect(hash).toEqual(hashCall(tool, structuredClone(args) as never));
        expect(Number.isInteger(hash.exact) && Number.isInteger(hash.shape)).toBe(true);
      }),
    );
    let deep: object = {};
    for (let i = 0; i < 5_000; i++) deep = { deep };
    const started = performance.now();
    hashCall('a/b', { deep, long: 'x'.repeat(5_000_000), many: repeat(100_000, (i) => i) } as never);
    expect(performance.now() - started).toBeLessThan(50);
  });
});

const breaker: BreakerSettings = {
  ...{ failures: 4, windowSeconds: 60, openSeconds: 10, longestOpenSeconds: 40, mostOfOneSource: null },
};
const end = (at: number, source = 'agt_a', isTrial = false) => ({ at, source, isTrial });

describe('CircuitBreaker', () => {
  it('opens after enough failures, lets one trial through, and closes or opens for longer', () => {
    const one = new CircuitBreaker(breaker);
    for (let i = 0; i < 3; i++) expect(one.settle('failure', end(i))).toBeNull();
    expect(one.settle('failure', end(3))).toBe('open');
    expect(one.admit(1_000)).toEqual({ admitted: false, retryAfterSeconds: 10 });
    expect(one.admit(10_003)).toEqual({ admitted: true, isTrial: true });
    expect(one.admit(10_004)).toMatchObject({ admitted: false });
    expect(one.settle('failure', end(10_100, 'agt_a', true))).toBe('open');
    expect(one.admit(30_000)).toEqual({ admitted: false, retryAfterSeconds: 1 });
    expect(one.admit(30_100)).toEqual({ admitted: true, isTrial: true });
    expect(one.settle('success', end(30_200, 'agt_a', true))).toBe('closed');
    expect(one.admit(30_201)).toEqual({ admitted: true, isTrial: false });
  });

  it('gives the trial back that was not used or got lost, and hears nothing of calls from before', () => {
    const one = new CircuitBreaker(breaker);
    for (let i = 0; i < 4; i++) one.settle('failure', end(0));
    expect(one.settle('success', end(1))).toBeNull();
    expect(one.admit(10_000)).toMatchObject({ isTrial: true });
    expect(one.settle('unused', end(10_001, 'agt_a', true))).toBeNull();
    expect(one.admit(10_002)).toMatchObject({ isTrial: true });
    expect(one.admit(15_000)).toMatchObject({ admitted: false });
    expect(one.admit(20_002)).toMatchObject({ isTrial: true });
  });

  it('stays closed while most calls succeed, and where failures are long ago', () => {
    const one = new CircuitBreaker(breaker);
    for (let i = 0; i < 20; i++) one.settle('success', end(i));
    for (let i = 0; i < 19; i++) expect(one.settle('failure', end(i))).toBeNull();
    const other = new CircuitBreaker(breaker);
    for (let i = 0; i < 20; i++) expect(other.settle('failure', end(i * 30_000))).toBeNull();
  });

  it('is opened by nobody alone where others need it', () => {
    const shared = new CircuitBreaker({ ...breaker, mostOfOneSource: 2 });
    for (let i = 0; i < 50; i++) expect(shared.settle('failure', end(i))).toBeNull();
    expect(shared.settle('failure', end(51, 'agt_b'))).toBeNull();
    expect(shared.settle('failure', end(52, 'agt_b'))).toBe('open');
  });
});
