import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EFFECTS } from '../actions/effects.ts';
import { isWithin } from './is-within.ts';
import type { Limits } from './limits.ts';
import { permits } from './permits.ts';
import { shrinkToUse, type UsedTool, type UseOfLimits } from './shrink-to-use.ts';

const wide: Limits = {
  upstreams: '*',
  actions: ['*'],
  arguments: [],
  dataDomains: '*',
  effects: ['read', 'write', 'spend'],
  environments: ['test', 'production'],
  expiresAt: 1_000,
  calls: 100,
  spendMinor: 10_000,
  currency: 'EUR',
  depth: 3,
};
const none = { calls: 0, spendMinor: 0, rows: 0, bytes: 0 };
const tool = (changes: Partial<UsedTool> = {}): UsedTool => ({
  ...{ upstream: 'shop', tool: 'read', effects: ['read'], dataDomain: 'sales', environment: 'test' },
  ...changes,
});
const use = (tools: readonly UsedTool[], changes: Partial<UseOfLimits> = {}): UseOfLimits => ({
  ...{ tools, spendMinor: 0, depth: 0, total: none },
  ...changes,
});

describe('shrinking limits to what was used', () => {
  it('keeps the tools that were used, and nothing else', () => {
    const total = { ...none, calls: 30, spendMinor: 4_000 };
    expect(shrinkToUse(wide, use([tool(), tool({ tool: 'list' })], { total }))).toEqual({
      ...wide,
      upstreams: ['shop'],
      actions: ['shop/list', 'shop/read'],
      dataDomains: ['sales'],
      effects: ['read'],
      environments: ['test'],
      calls: 70,
      spendMinor: 6_000,
      depth: 0,
    });
  });

  it('leaves room for half as much again as was spent, never more than is left', () => {
    const spent = tool({ tool: 'pay', effects: ['spend'] });
    const shrunk = (spendMinor: number, gone: number) =>
      shrinkToUse(wide, use([spent], { spendMinor, total: { ...none, spendMinor: gone } }))?.spendMinor;
    expect(shrunk(1_001, 1_001)).toBe(1_502);
    expect(shrunk(8_000, 8_000)).toBe(2_000);
  });

  it('says that nothing is needed where nothing was used, or only what is not delegated', () => {
    expect(shrinkToUse(wide, use([]))).toBeNull();
    expect(shrinkToUse({ ...wide, upstreams: ['other'] }, use([tool()]))).toBeNull();
  });

  it('keeps all data domains where one of unknown domain was touched', () => {
    expect(shrinkToUse(wide, use([tool({ dataDomain: '' }), tool()]))?.dataDomains).toBe('*');
  });

  it('keeps what stands there where more tools were used than limits can name', () => {
    const many = Array.from({ length: 300 }, (_, number) => tool({ tool: `t${number}` }));
    expect(shrinkToUse(wide, use(many))?.actions).toEqual(['*']);
  });

  it('is always within the limits, and permits what was used', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const used = fc.record({
      upstream: names,
      tool: names,
      effects: fc.subarray([...EFFECTS], { minLength: 1 }),
      dataDomain: fc.constantFrom('', 'x', 'y'),
      environment: fc.constantFrom('test', 'production'),
    });
    const limits = fc.record({
      upstreams: fc.oneof(fc.constant('*' as const), fc.subarray(['a', 'b', 'c'])),
      actions: fc.subarray(['*', 'a/*', 'a/b', 'b/c', '*/a'], { minLength: 1 }),
      arguments: fc.constantFrom<Limits['arguments'][]>(
        [],
        [{ action: 'a/*', path: '/p', rule: { max: 3 }, optional: true }],
      ),
      dataDomains: fc.oneof(fc.constant('*' as const), fc.subarray(['x', 'y'])),
      effects: fc.subarray([...EFFECTS]),
      environments: fc.subarray(['test', 'production']),
      expiresAt: fc.constant(10),
      calls: fc.option(fc.nat(5)),
      spendMinor: fc.option(fc.nat(5)),
      currency: fc.constant('EUR'),
      depth: fc.nat(3),
    });
    const amounts = fc.record({ calls: fc.nat(9), spendMinor: fc.nat(9), rows: fc.nat(9), bytes: fc.nat(9) });
    fc.assert(
      fc.property(
        limits,
        fc.array(used, { maxLength: 5 }),
        fc.nat(9),
        fc.nat(4),
        amounts,
        (given, tools, spendMinor, depth, total) => {
          const shrunk = shrinkToUse(given, { tools, spendMinor, depth, total });
          if (shrunk === null) return;
          expect(isWithin(shrunk, given)).toEqual({ within: true });
          for (const one of tools) {
            const call = { ...one, dataDomain: one.dataDomain || null, arguments: {}, at: 0 };
            const isLeft = shrunk.calls === null || shrunk.calls > 0;
            if (permits(given, call).permitted && isLeft) expect(permits(shrunk, call).permitted).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
