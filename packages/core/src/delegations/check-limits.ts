import { isEffect } from '../actions/effects.ts';
import { isActionPattern } from './action-pattern.ts';
import { findRuleFlaw } from './argument-rule.ts';
import { isJsonPointer } from './json-pointer.ts';
import type { LimitField, Limits, LimitViolation } from './limits.ts';

const MOST_ENTRIES = 256;
const LONGEST_NAME = 256;
export const DEEPEST_DELEGATION = 8;

/** What is wrong with limits in themselves, before they are compared with a parent; empty when nothing is. */
export function checkLimits(limits: Limits): readonly LimitViolation[] {
  const flaws: LimitViolation[] = [];
  const check = (field: LimitField, holds: boolean, detail: string): void => {
    if (!holds) flaws.push({ field, detail });
  };
  for (const field of ['upstreams', 'dataDomains'] as const) {
    const list = limits[field];
    check(field, list === '*' || isNameList(list), `${field} is "*" or a list of distinct names`);
  }
  check('environments', isNameList(limits.environments), 'environments is a list of distinct names');
  check('effects', limits.effects.every(isEffect), 'effects are read, write, spend, admin or egress');
  check(
    'actions',
    limits.actions.length <= MOST_ENTRIES,
    `there are at most ${MOST_ENTRIES} action patterns`,
  );
  for (const pattern of limits.actions) {
    check('actions', isActionPattern(pattern), `${pattern} is no action pattern`);
  }
  check(
    'arguments',
    limits.arguments.length <= MOST_ENTRIES,
    `there are at most ${MOST_ENTRIES} constraints`,
  );
  for (const { action, path, rule } of limits.arguments) {
    check('arguments', isActionPattern(action), `${action} is no action pattern`);
    check('arguments', isJsonPointer(path), `${path} is no JSON pointer`);
    const flaw = findRuleFlaw(rule);
    check('arguments', flaw === undefined, `${path}: ${flaw}`);
  }
  check('expiresAt', isCount(limits.expiresAt), 'expiresAt is in whole epoch milliseconds');
  check('calls', limits.calls === null || isCount(limits.calls), 'calls is null or a whole number');
  check(
    'spendMinor',
    limits.spendMinor === null || isCount(limits.spendMinor),
    'spend is in whole minor units',
  );
  for (const field of ['rows', 'bytes'] as const) {
    const most = limits[field] ?? null;
    check(field, most === null || isCount(most), `${field} is null or a whole number`);
  }
  check(
    'currency',
    limits.currency === null || /^[A-Z]{3}$/.test(limits.currency),
    'currency is an ISO 4217 code',
  );
  check(
    'currency',
    limits.spendMinor === null || limits.currency !== null,
    'a spending limit names its currency',
  );
  check(
    'depth',
    isCount(limits.depth) && limits.depth <= DEEPEST_DELEGATION,
    `depth is 0 to ${DEEPEST_DELEGATION}`,
  );
  return flaws;
}

function isNameList(list: readonly string[]): boolean {
  return (
    list.length <= MOST_ENTRIES &&
    new Set(list).size === list.length &&
    list.every((name) => name !== '' && name !== '*' && name.length <= LONGEST_NAME)
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
