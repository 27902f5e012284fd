import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EFFECTS } from '../actions/effects.ts';
import type { JsonObject } from '../actions/json-value.ts';
import { doesRuleImply, isRuleKept } from './argument-rule.ts';
import { checkLimits } from './check-limits.ts';
import { intersect } from './intersect.ts';
import { isWithin } from './is-within.ts';
import type { ArgumentConstraint, ArgumentRule, Limits } from './limits.ts';
import { type LimitedCall, permits } from './permits.ts';

const UPSTREAMS = ['a', 'ab', 'b'];
const TOOLS = ['r', 'ra', 'rb', 'w', 'x/y'];
const VALUES = [0, 1, 2, 3, 'a', 'ab', '/d', '/d/e', '/d/../e', null, true];
const DOMAINS = ['hr', 'finance'];
const ENVIRONMENTS = ['dev', 'prod'];
const CURRENCIES = ['EUR', 'USD'];

const values = fc.constantFrom(...VALUES);
const segment = fc.constantFrom('*', 'r*', '*a', 'r', 'ra', 'w', 'r*a');
const pattern = fc.oneof(
  fc.constant('*'),
  fc.tuple(fc.constantFrom('*', 'a', 'a*', '*b', 'b'), segment).map((parts) => parts.join('/')),
);
const rule: fc.Arbitrary<ArgumentRule> = fc.oneof(
  fc.record({ equals: values }),
  fc.record({ oneOf: fc.uniqueArray(values, { maxLength: 4 }) }),
  fc.record({ max: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ min: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ prefix: fc.constantFrom('a', 'ab', '/d') }),
  fc.record({ pathWithin: fc.constantFrom('/d', '/d/e', '/') }),
  fc.record({ maxLength: fc.integer({ min: 0, max: 3 }) }),
);
const constraint: fc.Arbitrary<ArgumentConstraint> = fc
  .record({ action: pattern, path: fc.constantFrom('/p', '/q', '/l/-'), rule, optional: fc.boolean() })
  .map(({ optional, ...rest }) => (optional ? { ...rest, optional } : rest));

function subsets<T>(all: readonly T[], minLength = 0): fc.Arbitrary<T[]> {
  return fc.subarray([...all], { minLength });
}

const limits: fc.Arbitrary<Limits> = fc
  .record({
    upstreams: fc.oneof(fc.constant('*' as const), subsets(UPSTREAMS, 1)),
    actions: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }),
    arguments: fc.array(constraint, { maxLength: 2 }),
    dataDomains: fc.oneof(fc.constant('*' as const), subsets(DOMAINS, 1)),
    effects: subsets(EFFECTS, 3),
    environments: subsets(ENVIRONMENTS, 1),
    expiresAt: fc.integer({ min: 5, max: 10 }),
    calls: fc.option(fc.nat({ max: 3 })),
    spendMinor: fc.option(fc.nat({ max: 3 })),
    currency: fc.option(fc.constantFrom(...CURRENCIES)),
    rows: fc.option(fc.nat({ max: 3 })),
    bytes: fc.option(fc.nat({ max: 3 })),
    depth: fc.nat({ max: 3 }),
  })
  .map((made) => ({
    ...made,
    currency: made.spendMinor === null ? made.currency : (made.currency ?? 'EUR'),
  }));

const call: fc.Arbitrary<LimitedCall> = fc.record(
  {
    upstream: fc.constantFrom(...UPSTREAMS),
    tool: fc.constantFrom(...TOOLS),
    arguments: fc.record(
      { p: values, q: values, l: fc.array(values, { maxLength: 2 }) },
      { requiredKeys: [] },
    ) as fc.Arbitrary<JsonObject>,
    dataDomain: fc.option(fc.constantFrom(...DOMAINS)),
    effects: fc.oneof(
      { weight: 4, arbitrary: fc.subarray([...EFFECTS], { minLength: 1, maxLength: 1 }) },
      subsets(EFFECTS),
    ),
    environment: fc.constantFrom(...ENVIRONMENTS),
    at: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 10 })),
    spend: fc.record({ minor: fc.integer({ min: -1, max: 4 }), currency: fc.constantFrom(...CURRENCIES) }),
  },
  {
    requiredKeys: ['upstream', 'tool', 'arguments', 'dataDomain', 'effects', 'environment', 'at'],
  },
);
const calls = fc.array(call, { minLength: 20, maxLength: 40 });

/** A child that is often, but not always, within its parent. */
function childOf(parent: Limits): fc.Arbitrary<Limits> {
  const other = fc.oneof(limits, fc.constant(parent));
  return fc.oneof(
    limits.map((random) => intersect(parent, random)),
    fc.tuple(other, limits, fc.subarray(Object.keys(parent))).map(([base, random, fields]) => {
      const changes = Object.fromEntries(
        fields.slice(0, 2).map((field) => [field, random[field as keyof Limits]]),
      );
      return { ...base, ...changes } as Limits;
    }),
  );
}

const pairs = limits.chain((parent) => fc.tuple(childOf(parent), fc.constant(parent)));

describe('the limits algebra', () => {
  it('is sound: what a child within its parent permits, its parent permits', () => {
    let proven = 0;
    fc.assert(
      fc.property(pairs, calls, ([child, parent], all) => {
        if (!isWithin(child, parent).within) return;
        for (const one of all) {
          if (!permits(child, one).permitted) continue;
          proven++;
          expect(permits(parent, one)).toEqual({ permitted: true });
        }
      }),
      { numRuns: 4000, seed: 7 },
    );
    expect(proven).toBeGreaterThan(500);
  });

  it('is reflexive', () => {
    fc.assert(
      fc.property(limits, (one) => {
        expect(isWithin(one, one)).toEqual({ within: true });
      }),
    );
  });

  it('is transitive', () => {
    let proven = 0;
    fc.assert(
      fc.property(
        limits.chain((top) =>
          childOf(top).chain((middle) => fc.tuple(childOf(middle), fc.constant(middle), fc.constant(top))),
        ),
        ([bottom, middle, top]) => {
          if (!isWithin(bottom, middle).within || !isWithin(middle, top).within) return;
          proven++;
          expect(isWithin(bottom, top)).toEqual({ within: true });
        },
      ),
      { numRuns: 4000, seed: 7 },
    );
    expect(proven).toBeGreaterThan(300);
  });

  it('intersects: within both, permitting exactly what both permit', () => {
    let proven = 0;
    fc.assert(
      fc.property(limits, limits, calls, (a, b, all) => {
        const both = intersect(a, b);
        expect(isWithin(both, a)).toEqual({ within: true });
        expect(isWithin(both, b)).toEqual({ within: true });
        for (const one of all) {
          const expected = permits(a, one).permitted && permits(b, one).permitted;
          if (expected) proven++;
          expect(permits(both, one).permitted).toBe(expected);
        }
      }),
      { numRuns: 4000, seed: 7 },
    );
    expect(proven).toBeGreaterThan(50);
  });

  it('intersects with itself, and in either order, to limits that contain one another', () => {
    fc.assert(
      fc.property(limits, limits, (a, b) => {
        expect(isWithin(a, intersect(a, a)).within).toBe(true);
        expect(isWithin(intersect(a, b), intersect(b, a)).within).toBe(
          a.currency === null ||
            b.currency === null ||
            a.currency === b.currency ||
            intersect(a, b).spendMinor === 0,
        );
      }),
    );
  });

  it('implies a rule only when every value that keeps the one keeps the other', () => {
    fc.assert(
      fc.property(rule, rule, fc.oneof(values, fc.string(), fc.double()), (narrow, wide, value) => {
        if (doesRuleImply(narrow, wide) && isRuleKept(narrow, value))
          expect(isRuleKept(wide, value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('generates limits without flaws, whose intersections have none either', () => {
    fc.assert(
      fc.property(limits, limits, (a, b) => {
        expect(checkLimits(a)).toEqual([]);
        expect(checkLimits(intersect(a, b))).toEqual([]);
      }),
    );
  });
});
