import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLimits, startOfWindow } from './limit.ts';

describe('parseLimits', () => {
  it('reads every unit and every subject', () => {
    expect(
      parseLimits('per=agent; calls=100; within=1h, per = owner ; money=50000:EUR; rows=10;bytes=4096;'),
    ).toEqual({
      ok: true,
      limits: [
        { per: 'agent', unit: 'calls', most: 100, windowSeconds: 3600 },
        { per: 'owner', unit: 'rows', most: 10, windowSeconds: 0 },
        { per: 'owner', unit: 'bytes', most: 4096, windowSeconds: 0 },
        { per: 'owner', unit: 'EUR', most: 50_000, windowSeconds: 0 },
      ],
    });
  });

  it('has several windows of one unit, and several currencies', () => {
    const parsed = parseLimits(
      'per=task;calls=5;within=1s,per=task;calls=50;within=1m,per=task;money=1:EUR,per=task;money=1:USD',
    );
    expect(parsed.ok && parsed.limits.map((limit) => [limit.unit, limit.windowSeconds])).toEqual([
      ['calls', 1],
      ['calls', 60],
      ['EUR', 0],
      ['USD', 0],
    ]);
  });

  it.each([
    '',
    'calls=1',
    'per=agent',
    'per=agent; within=1h',
    'per=everybody; calls=1',
    'per=agent; per=agent; calls=1',
    'per=agent; calls=0',
    'per=agent; calls=-1',
    'per=agent; calls=1.5',
    'per=agent; calls=1e3',
    'per=agent; calls=9007199254740993',
    'per=agent; calls=9999999999999999999',
    'per=agent; calls',
    'per=agent; callz=1',
    'per=agent; __proto__=1; calls=1',
    'per=constructor; calls=1',
    'per=agent; money=1',
    'per=agent; money=1:eur',
    'per=agent; money=1:EUR:USD',
    'per=agent; money=:EUR',
    'per=agent; calls=1; within=0s',
    'per=agent; calls=1; within=1w',
    'per=agent; calls=1; within=367d',
    'per=agent; calls=1; within=',
    'per=agent; calls=1, per=agent; calls=2',
    'per=agent; calls=1,',
    `per=agent; calls=1;${' '.repeat(1100)}`,
    Array.from({ length: 9 }, (_, n) => `per=agent; calls=1; within=${n + 1}s`).join(','),
  ])('refuses %j', (text) => {
    expect(parseLimits(text)).toMatchObject({ ok: false });
  });

  it('never throws, and what it reads is bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'per=agntclsmoyw;,:0123EUR \0') }), (text) => {
        const parsed = parseLimits(text);
        if (!parsed.ok) return;
        for (const { most } of parsed.limits) expect(Number.isSafeInteger(most) && most > 0).toBe(true);
      }),
    );
  });
});

describe('startOfWindow', () => {
  it('is aligned to the epoch, and 0 without a window', () => {
    expect(startOfWindow(3600, 7_200_000)).toBe(7_200_000);
    expect(startOfWindow(3600, 10_799_999)).toBe(7_200_000);
    expect(startOfWindow(0, 10_799_999)).toBe(0);
  });
});
