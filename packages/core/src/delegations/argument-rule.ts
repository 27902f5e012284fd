import type { JsonPrimitive, JsonValue } from '../actions/json-value.ts';
import type { ArgumentRule } from './limits.ts';
import { isPathWithin, parseSafePath } from './path-within.ts';

/** Whether the value keeps the rule. A rule that has no known shape is kept by nothing. */
export function isRuleKept(rule: ArgumentRule, value: JsonValue): boolean {
  if ('equals' in rule) return value === rule.equals;
  if ('oneOf' in rule) return rule.oneOf.some((allowed) => value === allowed);
  if ('max' in rule) return typeof value === 'number' && value <= rule.max;
  if ('min' in rule) return typeof value === 'number' && value >= rule.min;
  if ('prefix' in rule) return typeof value === 'string' && value.startsWith(rule.prefix);
  if ('pathWithin' in rule) return typeof value === 'string' && isPathWithin(value, rule.pathWithin);
  if ('maxLength' in rule) return typeof value === 'string' && value.length <= rule.maxLength;
  return false;
}

/** Whether every value that keeps `narrow` also keeps `wide`. Never true in error; may be false in doubt. */
export function doesRuleImply(narrow: ArgumentRule, wide: ArgumentRule): boolean {
  const values = listValues(narrow);
  if (values !== undefined) return values.every((value) => isRuleKept(wide, value));
  if ('max' in narrow && 'max' in wide) return narrow.max <= wide.max;
  if ('min' in narrow && 'min' in wide) return narrow.min >= wide.min;
  if ('prefix' in narrow && 'prefix' in wide) return narrow.prefix.startsWith(wide.prefix);
  if ('pathWithin' in narrow && 'pathWithin' in wide) return isPathWithin(narrow.pathWithin, wide.pathWithin);
  if ('maxLength' in narrow && 'maxLength' in wide) return narrow.maxLength <= wide.maxLength;
  return false;
}

/** What is wrong with the rule itself, or undefined. */
export function findRuleFlaw(rule: ArgumentRule): string | undefined {
  if (Object.keys(rule).length !== 1) return 'a rule has exactly one of its members';
  const values = listValues(rule);
  if (values !== undefined)
    return values.every(isPlainPrimitive) ? undefined : 'values are plain JSON primitives';
  if ('max' in rule) return Number.isFinite(rule.max) ? undefined : 'max is a number';
  if ('min' in rule) return Number.isFinite(rule.min) ? undefined : 'min is a number';
  if ('prefix' in rule) return rule.prefix === '' ? 'a prefix is not empty' : undefined;
  if ('pathWithin' in rule) {
    return parseSafePath(rule.pathWithin) === undefined ? 'pathWithin is a plain absolute path' : undefined;
  }
  if ('maxLength' in rule) {
    return Number.isSafeInteger(rule.maxLength) && rule.maxLength >= 0 ? undefined : 'maxLength is a length';
  }
  return 'the rule is unknown';
}

/** The rule in words that follow the argument's name. */
export function describeRule(rule: ArgumentRule): string {
  if ('equals' in rule) return `must be ${JSON.stringify(rule.equals)}`;
  if ('oneOf' in rule) return `must be one of ${rule.oneOf.map((value) => JSON.stringify(value)).join(', ')}`;
  if ('max' in rule) return `must be at most ${rule.max}`;
  if ('min' in rule) return `must be at least ${rule.min}`;
  if ('prefix' in rule) return `must start with ${JSON.stringify(rule.prefix)}`;
  if ('pathWithin' in rule) return `must be a path in ${JSON.stringify(rule.pathWithin)}`;
  return `must be at most ${rule.maxLength} characters long`;
}

function listValues(rule: ArgumentRule): readonly JsonPrimitive[] | undefined {
  if ('equals' in rule) return [rule.equals];
  return 'oneOf' in rule ? rule.oneOf : undefined;
}

function isPlainPrimitive(value: JsonPrimitive): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
