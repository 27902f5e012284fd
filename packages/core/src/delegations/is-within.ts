import { areEffectsWithin } from '../actions/effects.ts';
import { intersectPatterns, isPatternWithin } from './action-pattern.ts';
import { describeRule, doesRuleImply } from './argument-rule.ts';
import type { ArgumentConstraint, LimitField, Limits, LimitViolation } from './limits.ts';

export type Within =
  | { readonly within: true }
  | { readonly within: false; readonly violations: readonly LimitViolation[] };

/**
 * Whether the child reaches no further than its parent. Sound: when within, every call that the child permits the
 * parent permits too. Reflexive and transitive. In doubt (an argument rule that only implies another by
 * reasoning across rules) the answer is no.
 */
export function isWithin(child: Limits, parent: Limits): Within {
  const violations: LimitViolation[] = [];
  const check = (field: LimitField, holds: boolean, detail: () => string): void => {
    if (!holds) violations.push({ field, detail: detail() });
  };
  check('upstreams', isListWithin(child.upstreams, parent.upstreams), () =>
    describeExcess('upstreams', child.upstreams, parent.upstreams),
  );
  const excess = child.actions.filter((one) => !parent.actions.some((other) => isPatternWithin(one, other)));
  check('actions', excess.length === 0, () => `the parent does not reach ${excess.join(', ')}`);
  for (const constraint of parent.arguments) {
    check('arguments', isConstraintCarried(child, constraint), () => describeLost(constraint));
  }
  check('dataDomains', isListWithin(child.dataDomains, parent.dataDomains), () =>
    describeExcess('data domains', child.dataDomains, parent.dataDomains),
  );
  check('effects', areEffectsWithin(child.effects, parent.effects), () =>
    describeExcess('effects', child.effects, parent.effects),
  );
  check('environments', isListWithin(child.environments, parent.environments), () =>
    describeExcess('environments', child.environments, parent.environments),
  );
  check('expiresAt', child.expiresAt <= parent.expiresAt, () => 'it lasts longer than the parent');
  check('calls', isCountWithin(child.calls, parent.calls), () => `the parent has ${parent.calls} calls`);
  // A child that may spend nothing is within any spending limit, in whatever currency.
  if (child.spendMinor !== 0) {
    check('spendMinor', isCountWithin(child.spendMinor, parent.spendMinor), () => {
      return `the parent may spend ${parent.spendMinor} minor units`;
    });
    check('currency', parent.currency === null || child.currency === parent.currency, () => {
      return `the parent spends in ${parent.currency}`;
    });
  }
  for (const field of ['rows', 'bytes'] as const) {
    check(field, isCountWithin(child[field] ?? null, parent[field] ?? null), () => {
      return `the parent may get ${parent[field]} ${field}`;
    });
  }
  check('depth', child.depth <= parent.depth, () => `the parent allows ${parent.depth} further delegations`);
  return violations.length === 0 ? { within: true } : { within: false, violations };
}

function isListWithin(child: readonly string[] | '*', parent: readonly string[] | '*'): boolean {
  if (parent === '*') return true;
  return child !== '*' && child.every((one) => parent.includes(one));
}

function isCountWithin(child: number | null, parent: number | null): boolean {
  return parent === null || (child !== null && child <= parent);
}

/** Every action of the child to which the parent's constraint applies needs a constraint at least as narrow. */
function isConstraintCarried(child: Limits, wanted: ArgumentConstraint): boolean {
  const narrower = child.arguments.filter(
    (own) =>
      own.path === wanted.path &&
      (own.optional !== true || wanted.optional === true) &&
      doesRuleImply(own.rule, wanted.rule),
  );
  return child.actions
    .flatMap((action) => intersectPatterns(action, wanted.action))
    .every((action) => narrower.some((own) => isPatternWithin(action, own.action)));
}

function describeExcess(
  noun: string,
  child: readonly string[] | '*',
  parent: readonly string[] | '*',
): string {
  if (child === '*') return `the parent does not reach all ${noun}`;
  return `the parent does not reach the ${noun} ${child.filter((one) => !parent.includes(one)).join(', ')}`;
}

function describeLost(constraint: ArgumentConstraint): string {
  return `for ${constraint.action} the parent says that ${constraint.path || 'the arguments'} ${describeRule(constraint.rule)}`;
}
