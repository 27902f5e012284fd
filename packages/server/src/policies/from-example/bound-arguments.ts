import { type CedarExpressionJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { listUnmapped } from '../decide/map-arguments.ts';
import type { ArgumentType, RecordType } from '../schema/argument-type.ts';
import { boundDecimal, boundLong } from './bound-number.ts';
import { boundExactly, boundText, type TextBound } from './bound-text.ts';

/** One line of a rule. */
export interface Bound {
  /** `args.amount`; names are the upstream's words. */
  readonly path: string;
  /** Null: nothing bounds it. */
  readonly condition: CedarExpressionJson | null;
  readonly why: string;
  readonly widen: string;
}

const DEEPEST = 3;
const MOST_BOUNDS = 60;
const context: CedarExpressionJson = { Var: 'context' };

/** What holds of the arguments that were given, a bound for each. They are the caller's. */
export function boundArguments(type: RecordType, schema: JsonValue, given: JsonObject): readonly Bound[] {
  const bounds: Bound[] = [];
  const args: CedarExpressionJson = { '.': { left: context, attr: 'args' } };
  boundMembers({ bounds, guard: [], at: args, path: 'args', depth: 0 }, type, schema, given);
  bounds.push(boundUnmapped(type, given));
  return bounds.slice(0, MOST_BOUNDS).concat(
    bounds.length > MOST_BOUNDS
      ? [
          {
            path: 'args',
            condition: null,
            why: `${bounds.length - MOST_BOUNDS} more`,
            widen: 'bound them by hand',
          },
        ]
      : [],
  );
}

interface Place {
  readonly bounds: Bound[];
  /** What must be there for the place to be there. */
  readonly guard: readonly CedarExpressionJson[];
  readonly at: CedarExpressionJson;
  readonly path: string;
  readonly depth: number;
}

function boundMembers(place: Place, type: RecordType, schema: JsonValue, given: JsonObject): void {
  for (const [name, member] of type.members) {
    const at: CedarExpressionJson = { '.': { left: place.at, attr: name } };
    const has: CedarExpressionJson = { has: { left: place.at, attr: name } };
    const path = `${place.path}.${name}`;
    const value = Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined;
    if (value === undefined) {
      if (member.required) continue;
      const condition = joinAll([...place.guard, { '!': { arg: has } }]);
      place.bounds.push({ path, condition, why: 'was not given', widen: 'drop this line' });
      continue;
    }
    const guard = member.required ? place.guard : [...place.guard, has];
    const inner = { ...place, guard, at, path, depth: place.depth + 1 };
    boundValue(inner, name, member.type, readProperty(schema, name), value);
  }
}

function boundValue(
  place: Place,
  name: string,
  type: ArgumentType,
  schema: JsonValue,
  value: JsonValue,
): void {
  if (type.kind === 'record') {
    if (isJsonObject(value) && place.depth < DEEPEST) boundMembers(place, type, schema, value);
    else place.bounds.push(leaveOpen(place.path));
    return;
  }
  const bound = chooseBound(place.at, name, type, schema, value);
  if (bound === undefined) place.bounds.push(leaveOpen(place.path));
  else {
    const condition = joinAll([...place.guard, ...bound.conditions]);
    place.bounds.push({ path: place.path, condition, why: bound.why, widen: bound.widen });
  }
}

function leaveOpen(path: string): Bound {
  const why = 'NOT BOUNDED: no condition can be made of this value';
  return { path, condition: null, why, widen: 'bound it by hand' };
}

function chooseBound(
  at: CedarExpressionJson,
  name: string,
  type: Exclude<ArgumentType, RecordType>,
  schema: JsonValue,
  value: JsonValue,
): TextBound | undefined {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? boundExactly(at, value) : undefined;
    case 'long':
      return Number.isSafeInteger(value) ? boundLong(at, name, value as number) : undefined;
    case 'decimal':
      return typeof value === 'number' && /^-?\d+(\.\d{1,4})?$/.test(String(value))
        ? boundDecimal(at, value)
        : undefined;
    case 'string': {
      if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
      const isOneOf = isJsonObject(schema) && ('enum' in schema || 'const' in schema);
      return isOneOf ? boundExactly(at, value) : boundText(at, value);
    }
    case 'set':
      return Array.isArray(value) ? boundSet(at, type.element, value) : undefined;
  }
}

function boundSet(
  at: CedarExpressionJson,
  element: ArgumentType,
  values: readonly JsonValue[],
): TextBound | undefined {
  if (values.length === 0)
    return { conditions: [{ isEmpty: { arg: at } }], why: 'was empty', widen: 'list what it may hold' };
  const isPlain =
    (element.kind === 'string' && values.every((one) => typeof one === 'string' && one.isWellFormed())) ||
    (element.kind === 'long' && values.every(Number.isSafeInteger)) ||
    (element.kind === 'boolean' && values.every((one) => typeof one === 'boolean'));
  if (!isPlain || values.length > MOST_BOUNDS) return undefined;
  const members = values.map((one) => ({
    Value: typeof one === 'number' ? one + 0 : (one as string | boolean),
  }));
  return {
    conditions: [{ containsAll: { left: { Set: members }, right: at } }],
    why: 'nothing that was not in it',
    widen: 'add to the list',
  };
}

/** What no policy can read is bounded by its name. */
function boundUnmapped(type: RecordType, given: JsonObject): Bound {
  const at: CedarExpressionJson = { '.': { left: context, attr: 'unmapped' } };
  const names = listUnmapped(type, given);
  const path = 'unmapped';
  if (names === undefined) return leaveOpen(path);
  if (names.length === 0)
    return {
      ...{ path, condition: { isEmpty: { arg: at } } },
      why: 'nothing that policies cannot read',
      widen: 'drop this line',
    };
  const left: CedarExpressionJson = { Set: names.map((name) => ({ Value: name })) };
  return {
    ...{ path, condition: { containsAll: { left, right: at } } },
    why: 'these cannot be read by policies: ANY VALUE of them is let through',
    widen: 'add to the list',
  };
}

function readProperty(schema: JsonValue, name: string): JsonValue {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return null;
  return Object.hasOwn(schema.properties, name) ? (schema.properties[name] ?? null) : null;
}

export function joinAll(conditions: readonly CedarExpressionJson[]): CedarExpressionJson {
  const [first = { Value: true }, ...others] = conditions;
  return others.reduce<CedarExpressionJson>((left, right) => ({ '&&': { left, right } }), first);
}
