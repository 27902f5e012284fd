import {
  CedarEvaluationError,
  type CedarRecord,
  type CedarValue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  makeCedarRecord,
  makeCedarSet,
  readCedarValue,
} from '@countersign/core';
import type { ArgumentType, RecordType } from '../schema/argument-type.ts';

/** Over all arguments of a call that policies read: a character costs 1, a value `VALUE_COST`. Bounds the time of a decision. */
const LARGEST_ARGUMENTS = 131_072;
const VALUE_COST = 32;
const MOST_UNMAPPED = 256;
const LONGEST_NAME = 512;
const LARGEST_DECIMAL = 900_000_000_000_000;
const FAILED = Symbol('cannot be told to Cedar');

interface Mapping {
  left: number;
}

class Arguments implements CedarRecord {
  readonly kind = 'record';
  readonly #mapping: Mapping = { left: LARGEST_ARGUMENTS };
  readonly #type: RecordType;
  readonly #given: JsonObject;
  readonly #known = new Map<string, CedarValue | typeof FAILED>();

  constructor(type: RecordType, given: JsonObject) {
    this.#type = type;
    this.#given = given;
  }

  get(name: string): CedarValue | undefined {
    const value = this.find(name);
    // Also for `has`: what is there but cannot be told must not be decided as if it were absent.
    if (value === FAILED) throw new CedarEvaluationError('an argument cannot be told');
    return value;
  }

  names(): readonly string[] {
    return [...this.#type.members.keys()].filter((name) => readOwn(this.#given, name) !== undefined);
  }

  find(name: string): CedarValue | typeof FAILED | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const member = this.#type.members.get(name);
    const argument = member && readOwn(this.#given, name);
    if (member === undefined || argument === undefined) return undefined;
    const value = mapValue(this.#mapping, member.type, argument);
    this.#known.set(name, value);
    return value;
  }
}

/**
 * The arguments as Cedar values of exactly the types in the schema, each made when a policy reads it. They are the
 * caller's: only members that the pinned schema names are ever copied, so no `__entity` or `__extn` in them is one.
 * Reading one that cannot be told throws `CedarEvaluationError`.
 */
export function mapArguments(type: RecordType, given: JsonObject): CedarRecord {
  return new Arguments(type, given);
}

/**
 * Names of given arguments that policies cannot read: those the schema does not name or cannot express (inside records
 * as `outer.inner`), and those whose value cannot be told. Undefined when there are too many to list.
 */
export function listUnmapped(type: RecordType, given: JsonObject): readonly string[] | undefined {
  const mapped = new Arguments(type, given);
  const names = new Set([...type.members.keys()].filter((name) => mapped.find(name) === FAILED));
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

function mapValue(mapping: Mapping, type: ArgumentType, given: JsonValue): CedarValue | typeof FAILED {
  mapping.left -= typeof given === 'string' ? given.length + VALUE_COST : VALUE_COST;
  if (mapping.left < 0) return FAILED;
  switch (type.kind) {
    case 'string':
      return typeof given === 'string' && given.isWellFormed() ? given : FAILED;
    case 'boolean':
      return typeof given === 'boolean' ? given : FAILED;
    case 'long':
      // Beyond 2^53 a number no longer says which integer was meant; zero has one sign in Cedar.
      return typeof given === 'number' && Number.isSafeInteger(given) ? given + 0 : FAILED;
    case 'decimal':
      return mapDecimal(given);
    case 'set':
      return mapSet(mapping, type.element, given);
    case 'record':
      return mapRecord(mapping, type, given);
  }
}

/** Cedar's decimal has exactly the four digits after the point; what needs more is not told. */
function mapDecimal(given: JsonValue): CedarValue | typeof FAILED {
  if (typeof given !== 'number' || !(Math.abs(given) <= LARGEST_DECIMAL)) return FAILED;
  const text = String(given);
  if (!/^-?\d+(\.\d{1,4})?$/.test(text)) return FAILED;
  return readCedarValue({ __extn: { fn: 'decimal', arg: text.includes('.') ? text : `${text}.0` } });
}

function mapSet(mapping: Mapping, element: ArgumentType, given: JsonValue): CedarValue | typeof FAILED {
  if (!Array.isArray(given)) return FAILED;
  const values: CedarValue[] = [];
  for (const one of given) {
    const mapped = mapValue(mapping, element, one);
    if (mapped === FAILED) return FAILED;
    values.push(mapped);
  }
  return makeCedarSet(values);
}

function mapRecord(mapping: Mapping, type: RecordType, given: JsonValue): CedarValue | typeof FAILED {
  if (!isJsonObject(given)) return FAILED;
  const members = new Map<string, CedarValue>();
  for (const [name, member] of type.members) {
    const inner = readOwn(given, name);
    if (inner === undefined) {
      if (member.required) return FAILED;
      continue;
    }
    const mapped = mapValue(mapping, member.type, inner);
    if (mapped === FAILED) return FAILED;
    members.set(name, mapped);
  }
  return makeCedarRecord(members);
}

/** Null is absent, as in Cedar there is no null. */
function readOwn(given: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined;
}
