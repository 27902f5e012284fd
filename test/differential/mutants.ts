import type { PolicySetJson } from './cases.ts';
import { isRecord, type Json, type JsonRecord, recordOf } from './json.ts';
import { type Compile, compileOurs } from './ours.ts';

/** Changes a node of an expression or a policy; undefined leaves it as it is. */
type Change = (name: string, operand: Json) => readonly [string, Json] | undefined;

/** Mistakes that a compiler could make, each made on purpose: the search must find every one of them. */
const changes: Readonly<Record<string, Change>> = {
  'less is less or equal': rename('<', '<='),
  'greater or equal is greater': rename('>=', '>'),
  'and is or': rename('&&', '||'),
  'unequal is equal': rename('!=', '=='),
  'minus is plus': rename('-', '+'),
  'contains any is contains all': rename('containsAny', 'containsAll'),
  'has a tag is gets a tag': rename('hasTag', 'getTag'),
  'less or equal of decimals is less': rename('lessThanOrEqual', 'lessThan'),
  'a range contains only itself': rename('isInRange', '=='),
  'the date keeps its time': rename('toTime', 'toDate'),
  'in is equal': (name, operand) => (name === 'in' && isPair(operand) ? ['==', operand] : undefined),
  'unless is when': (name, operand) =>
    name === 'kind' && operand === 'unless' ? ['kind', 'when'] : undefined,
  'a negation is nothing': (name, operand) =>
    name === 'neg' && isRecord(operand) ? ['+', { left: operand.arg ?? 0, right: { Value: 0 } }] : undefined,
  'a chain ends early': (name, operand) =>
    name === 'has' && isRecord(operand) && Array.isArray(operand.attr)
      ? ['has', { ...operand, attr: operand.attr[0] ?? '' }]
      : undefined,
  'a wildcard matches only something': (name, operand) =>
    name === 'pattern' && Array.isArray(operand)
      ? ['pattern', operand.map((part: Json) => (part === 'Wildcard' ? { Literal: '*' } : part))]
      : undefined,
  'a scope of type and place is of type': (name, operand) =>
    (name === 'principal' || name === 'resource') &&
    isRecord(operand) &&
    operand.op === 'is' &&
    'in' in operand
      ? [name, { op: 'is', entity_type: operand.entity_type ?? '' }]
      : undefined,
};

export const mutants: readonly (readonly [name: string, compile: Compile])[] = Object.entries(changes).map(
  ([name, change]) =>
    [name, (policies, entities) => compileOurs(mutate(policies, change), entities)] as const,
);

function rename(from: string, to: string): Change {
  return (name, operand) => {
    if (name !== from) return undefined;
    const [left, right] = Array.isArray(operand) ? operand : [];
    return to === '==' && left !== undefined ? [to, { left, right: right ?? null }] : [to, operand];
  };
}

function isPair(operand: Json): boolean {
  return isRecord(operand) && 'left' in operand && 'right' in operand && !('entity_type' in operand);
}

function mutate(policies: PolicySetJson, change: Change): PolicySetJson {
  const all = (set: JsonRecord): JsonRecord =>
    recordOf(Object.entries(set).map(([id, policy]) => [id, rewrite(policy, change)]));
  return { ...policies, staticPolicies: all(policies.staticPolicies), templates: all(policies.templates) };
}

function rewrite(value: Json, change: Change): Json {
  if (Array.isArray(value)) return value.map((member: Json) => rewrite(member, change));
  if (!isRecord(value)) return value;
  return recordOf(
    Object.entries(value).map(([name, member]) => {
      const inner = rewrite(member, change);
      return change(name, inner) ?? [name, inner];
    }),
  );
}
