/** A count against a limit, in whole units (calls, or minor units of one currency). A null limit is never reached. */
export interface Budget {
  readonly limit: number | null;
  readonly used: number;
  /** Set aside by calls whose outcome is not known yet. */
  readonly reserved: number;
}

export type BudgetRefusal = 'exhausted' | 'invalid_amount' | 'overflow';

export type BudgetChange =
  | { readonly ok: true; readonly budget: Budget }
  | { readonly ok: false; readonly code: BudgetRefusal };

/** What may still be reserved; infinite without a limit. */
export function remainingBudget(budget: Budget): number {
  return budget.limit === null
    ? Number.POSITIVE_INFINITY
    : Math.max(0, budget.limit - budget.used - budget.reserved);
}

/** Sets an amount aside before a call, so that calls in parallel cannot overdraw together. */
export function reserveBudget(budget: Budget, amount: number): BudgetChange {
  if (!isAmount(amount)) return { ok: false, code: 'invalid_amount' };
  if (amount > remainingBudget(budget)) return { ok: false, code: 'exhausted' };
  return change(budget, budget.used, budget.reserved + amount);
}

/**
 * Turns a reservation into use once the outcome is known. The actual amount may exceed the reservation, even the
 * limit: what was spent is spent, and nothing further can then be reserved.
 */
export function settleBudget(budget: Budget, reservedAmount: number, actualAmount: number): BudgetChange {
  if (!isAmount(reservedAmount) || !isAmount(actualAmount) || reservedAmount > budget.reserved) {
    return { ok: false, code: 'invalid_amount' };
  }
  return change(budget, budget.used + actualAmount, budget.reserved - reservedAmount);
}

/** Gives a reservation back when nothing was used. */
export function releaseBudget(budget: Budget, reservedAmount: number): BudgetChange {
  return settleBudget(budget, reservedAmount, 0);
}

/** Reserves the same amount in every budget of a chain, or in none. */
export function reserveBudgets(
  budgets: readonly Budget[],
  amount: number,
):
  | { readonly ok: true; readonly budgets: readonly Budget[] }
  | { readonly ok: false; readonly code: BudgetRefusal; readonly at: number } {
  const changed: Budget[] = [];
  for (const [at, budget] of budgets.entries()) {
    const reserved = reserveBudget(budget, amount);
    if (!reserved.ok) return { ok: false, code: reserved.code, at };
    changed.push(reserved.budget);
  }
  return { ok: true, budgets: changed };
}

function change(budget: Budget, used: number, reserved: number): BudgetChange {
  // The sum too stays exact, so that no rounding can hide a unit.
  if (!Number.isSafeInteger(used + reserved)) return { ok: false, code: 'overflow' };
  return { ok: true, budget: { limit: budget.limit, used, reserved } };
}

function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0;
}
