import { areEffectsWithin, type Effect } from '../actions/effects.ts';
import type { JsonValue } from '../actions/json-value.ts';
import { isActionPattern, matchAction } from './action-pattern.ts';
import { describeRule, isRuleKept } from './argument-rule.ts';
import { findAtPointer } from './json-pointer.ts';
import type { ArgumentConstraint, LimitField, Limits, LimitViolation } from './limits.ts';

/** One call, measured against limits. Budgets over several calls are the business of `reserveBudget`. */
export interface LimitedCall {
  readonly upstream: string;
  readonly tool: string;
  readonly arguments: JsonValue;
  /** Null: unknown, which only limits on all data domains permit. */
  readonly dataDomain: string | null;
  /** At least one; a tool nobody classified has `UNKNOWN_EFFECTS`. */
  readonly effects: readonly Effect[];
  readonly environment: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What this one call spends, when it is known to spend. */
  readonly spend?: { readonly minor: number; readonly currency: string };
}

export type Permission =
  | { readonly permitted: true }
  | { readonly permitted: false; readonly reasons: readonly LimitViolation[] };

const PERMITTED: Permission = { permitted: true };

/** Whether limits permit a call; when not, every reason. Anything unreadable in either is a reason. */
export function permits(limits: Limits, call: LimitedCall): Permission {
  const reasons: LimitViolation[] = [];
  const refuse = (field: LimitField, detail: string): void => {
    reasons.push({ field, detail });
  };
  const { upstream, tool } = call;
  if (!isListed(limits.upstreams, upstream)) refuse('upstreams', `${upstream} is out of reach`);
  if (!limits.actions.some((pattern) => matchAction(pattern, upstream, tool))) {
    refuse('actions', `${upstream}/${tool} is not delegated`);
  }
  for (const constraint of limits.arguments) {
    if (doesConstraintApply(constraint, upstream, tool) && !isConstraintKept(constraint, call.arguments)) {
      refuse('arguments', `${constraint.path || 'the arguments'} ${describeRule(constraint.rule)}`);
    }
  }
  if (
    limits.dataDomains !== '*' &&
    (call.dataDomain === null || !limits.dataDomains.includes(call.dataDomain))
  ) {
    refuse(
      'dataDomains',
      `the data domain ${call.dataDomain ?? 'of this tool is unknown and'} is out of reach`,
    );
  }
  if (call.effects.length === 0 || !areEffectsWithin(call.effects, limits.effects)) {
    refuse('effects', `${call.effects.join(', ') || 'an unclassified effect'} is more than is delegated`);
  }
  if (!limits.environments.includes(call.environment)) {
    refuse('environments', `the environment ${call.environment} is out of reach`);
  }
  // Written so that a time that is not a number refuses.
  if (!(call.at < limits.expiresAt)) refuse('expiresAt', 'the delegation has expired');
  if (limits.calls !== null && !(limits.calls >= 1)) refuse('calls', 'no calls are delegated');
  if (call.spend !== undefined) refuseSpending(limits, call.spend, refuse);
  return reasons.length === 0 ? PERMITTED : { permitted: false, reasons };
}

function isListed(list: readonly string[] | '*', one: string): boolean {
  return list === '*' || list.includes(one);
}

/** A pattern that cannot be read holds everything, so that a mistake narrows and never widens. */
function doesConstraintApply(constraint: ArgumentConstraint, upstream: string, tool: string): boolean {
  return matchAction(constraint.action, upstream, tool) || !isActionPattern(constraint.action);
}

function isConstraintKept(constraint: ArgumentConstraint, value: JsonValue): boolean {
  const found = findAtPointer(value, constraint.path);
  if (found.length === 0) return constraint.optional === true;
  return found.every((one) => isRuleKept(constraint.rule, one));
}

function refuseSpending(
  limits: Limits,
  spend: { readonly minor: number; readonly currency: string },
  refuse: (field: LimitField, detail: string) => void,
): void {
  if (spend.minor === 0) return;
  if (!Number.isSafeInteger(spend.minor) || spend.minor < 0) {
    refuse('spendMinor', 'an amount is a whole number of minor units');
  }
  if (limits.currency !== null && limits.currency !== spend.currency) {
    refuse('currency', `spending is in ${limits.currency}`);
  }
  if (limits.spendMinor !== null && !(spend.minor <= limits.spendMinor)) {
    refuse('spendMinor', `at most ${limits.spendMinor} minor units may be spent`);
  }
}
