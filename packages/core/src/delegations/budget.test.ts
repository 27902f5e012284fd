import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Budget,
  releaseBudget,
  remainingBudget,
  reserveBudget,
  reserveBudgets,
  settleBudget,
} from './budget.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;

function makeBudget(limit: number | null, used = 0, reserved = 0): Budget {
  return { limit, used, reserved };
}

describe('budgets', () => {
  it('reserves up to the limit and not beyond', () => {
    expect(reserveBudget(makeBudget(10, 4, 3), 3)).toEqual({ ok: true, budget: makeBudget(10, 4, 6) });
    expect(reserveBudget(makeBudget(10, 4, 3), 4)).toEqual({ ok: false, code: 'exhausted' });
    expect(reserveBudget(makeBudget(0), 0)).toEqual({ ok: true, budget: makeBudget(0) });
    expect(remainingBudget(makeBudget(10, 11))).toBe(0);
    expect(remainingBudget(makeBudget(null, 11))).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, LARGEST + 1])('refuses the amount %s', (amount) => {
    const refused = { ok: false, code: 'invalid_amount' };
    expect(reserveBudget(makeBudget(null), amount)).toEqual(refused);
    expect(settleBudget(makeBudget(null, 0, 5), amount, 0)).toEqual(refused);
    expect(settleBudget(makeBudget(null, 0, 5), 5, amount)).toEqual(refused);
  });

  it('refuses to settle more than was reserved', () => {
    expect(settleBudget(makeBudget(10, 0, 5), 6, 6)).toEqual({ ok: false, code: 'invalid_amount' });
  });

  it('refuses sums that are no longer exact', () => {
    expect(reserveBudget(makeBudget(null, LARGEST), 1)).toEqual({ ok: false, code: 'overflow' });
    expect(settleBudget(makeBudget(null, LARGEST, 1), 1, 2)).toEqual({ ok: false, code: 'overflow' });
  });

  it('settles what was really used, even beyond the limit, and then reserves nothing more', () => {
    const settled = settleBudget(makeBudget(10, 0, 5), 5, 12);
    expect(settled).toEqual({ ok: true, budget: makeBudget(10, 12, 0) });
    expect(settled.ok && reserveBudget(settled.budget, 1)).toEqual({ ok: false, code: 'exhausted' });
  });

  it('gives reservations back', () => {
    expect(releaseBudget(makeBudget(10, 1, 5), 5)).toEqual({ ok: true, budget: makeBudget(10, 1, 0) });
  });

  it('reserves in the whole chain or nowhere', () => {
    const chain = [makeBudget(null), makeBudget(5), makeBudget(3)];
    expect(reserveBudgets(chain, 3)).toEqual({
      ok: true,
      budgets: [makeBudget(null, 0, 3), makeBudget(5, 0, 3), makeBudget(3, 0, 3)],
    });
    expect(reserveBudgets(chain, 4)).toEqual({ ok: false, code: 'exhausted', at: 2 });
    expect(reserveBudgets(chain, -4)).toEqual({ ok: false, code: 'invalid_amount', at: 0 });
  });

  it('never lets reservations and exact settlements pass the limit, in any order', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('reserve', 'settle', 'release'), fc.nat({ max: 20 })));
    fc.assert(
      fc.property(fc.nat({ max: 50 }), steps, (limit, all) => {
        let budget = makeBudget(limit);
        for (const [step, amount] of all) {
          const change =
            step === 'reserve'
              ? reserveBudget(budget, amount)
              : step === 'settle'
                ? settleBudget(budget, amount, amount)
                : releaseBudget(budget, amount);
          if (change.ok) budget = change.budget;
          expect(budget.used + budget.reserved).toBeLessThanOrEqual(limit);
          expect(Math.min(budget.used, budget.reserved)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
