import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { findUses, type Uses } from '../bundle/policy-uses.ts';
import type { ArgumentType, RecordType } from '../schema/argument-type.ts';

export type CedarRecord = { [name: string]: CedarValueJson };

export interface MappedArguments {
  readonly value: CedarRecord;
  /** Arguments that are given, and read by a policy, but that cannot be told to it. */
  readonly failed: readonly string[];
}

/** Over all arguments of a call that policies read: a character costs 1, a value `VALUE_COST`. Bounds the engine's time. */
const LARGEST_ARGUMENTS = 131_072;
const VALUE_COST = 32;
const MOST_UNMAPPED = 256;
const LONGEST_NAME = 512;
const LARGEST_DECIMAL = 900_000_000_000_000;
const FAILED = Symbol('cannot be told to Cedar');

interface Mapping {
  left: number;
}

/**
 * The arguments that policies read, as Cedar values of exactly the types in the schema. They are the caller's: only
 * members that the pinned schema names are ever copied, so no `__entity` or `__extn` in them reaches the engine.
 */
export function mapArguments(type: RecordType, uses: Uses, given: JsonObject): MappedArguments {
  const mapping: Mapping = { left: LARGEST_ARGUMENTS };
  const value = createRecord();
  const failed: string[] = [];
  for (const [name, member] of type.members) {
    const used = findUses(uses, name);
    const argument = used && readOwn(given, name);
    if (used === undefined || argument === undefined) continue;
    const mapped = mapValue(mapping, member.type, used, argument);
    if (mapped === FAILED) failed.push(name);
    else value[name] = mapped;
  }
  return { value, failed };
}

/**
 * Names of given arguments that policies cannot read: those the schema does not name or cannot express (inside records
 * as `outer.inner`), and those whose value cannot be told. Undefined when there are too many to list.
 */
export function listUnmapped(type: RecordType, given: JsonObject): readonly string[] | undefined {
  const names = new Set<string>(mapArguments(type, { whole: true, members: new Map() }, given).failed);
  collectUnknown(type, given, '', names);
  return names.size > MOST_UNMAPPED || [...names].some((name) => !name.isWellFormed())
    ? undefined
    : [...names].sort();
}

function collectUnknown(type: ArgumentType, given: JsonValue, path: string, names: Set<string>): void {
  if (names.size > MOST_UNMAPPED) return;
  if (type.kind === 'set' && Array.isArray(given)) {
    for (const element of given) collectUnknown(type.element, element, path, names);
  }
  if (type.kind !== 'record' || !isJsonObject(given)) return;
  for (const name of Object.keys(given)) {
    const member = type.members.get(name);
    const full = `${path}${name}`;
    if (member) collectUnknown(member.type, given[name] ?? null, `${full}.`, names);
    else names.add(full.slice(0, LONGEST_NAME));
    if (names.size > MOST_UNMAPPED) return;
  }
}

function mapValue(
  mapping: Mapping,
  type: ArgumentType,
  uses: Uses,
  given: JsonValue,
): CedarValueJson | typeof FAILED {
  mapping.left -= typeof given === 'string' ? given.length + VALUE_COST : VALUE_COST;
  if (mapping.left < 0) return FAILED;
  switch (type.kind) {
    case 'string':
      return typeof given === 'string' && given.isWellFormed() ? given : FAILED;
    case 'boolean':
      return typeof given === 'boolean' ? given : FAILED;
    case 'long':
      // Beyond 2^53 a number no longer says which integer was meant.
      return typeof given === 'number' && Number.isSafeInteger(given) ? given : FAILED;
    case 'decimal':
      return mapDecimal(given);
    case 'set':
      return mapSet(mapping, type.element, given);
    case 'record':
      return mapRecord(mapping, type, uses, given);
  }
}

/** Cedar's decimal has exactly the four digits after the point; what needs more is not told. */
function mapDecimal(given: JsonValue): CedarValueJson | typeof FAILED {
  if (typeof given !== 'number' || !(Math.abs(given) <= LARGEST_DECIMAL)) return FAILED;
  const text = String(given);
  if (!/^-?\d+(\.\d{1,4})?$/.test(text)) return FAILED;
  return { __extn: { fn: 'decimal', arg: text.includes('.') ? text : `${text}.0` } };
}

function mapSet(mapping: Mapping, element: ArgumentType, given: JsonValue): CedarValueJson | typeof FAILED {
  if (!Array.isArray(given)) return FAILED;
  const values: CedarValueJson[] = [];
  for (const one of given) {
    const mapped = mapValue(mapping, element, { whole: true, members: new Map() }, one);
    if (mapped === FAILED) return FAILED;
    values.push(mapped);
  }
  return values;
}

function mapRecord(
  mapping: Mapping,
  type: RecordType,
  uses: Uses,
  given: JsonValue,
): CedarValueJson | typeof FAILED {
  if (!isJsonObject(given)) return FAILED;
  const value = createRecord();
  for (const [name, member] of type.members) {
    const used = findUses(uses, name);
    if (used === undefined) continue;
    const inner = readOwn(given, name);
    if (inner === undefined) {
      if (member.required) return FAILED;
      continue;
    }
    const mapped = mapValue(mapping, member.type, used, inner);
    if (mapped === FAILED) return FAILED;
    value[name] = mapped;
  }
  return value;
}

/** Null is absent, as in Cedar there is no null. */
function readOwn(given: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined;
}

function createRecord(): CedarRecord {
  return Object.create(null);
}
