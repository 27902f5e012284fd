import type { CedarValueJson, Type } from '@cedar-policy/cedar-wasm/nodejs';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type DeclaredTypes, findCommonType } from './declared-types.ts';

type Attributes = Readonly<Record<string, Type<string> & { readonly required?: boolean }>>;

const DEEPEST_VALUE = 12;
const MOST_VALUES = 10_000;
const EXTENSIONS = new Map([
  ['ipaddr', 'ip'],
  ['decimal', 'decimal'],
  ['datetime', 'datetime'],
  ['duration', 'duration'],
]);
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{4}))?$/;
const DURATION = /^-?(?=\d)(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;
const DECIMAL = /^-?\d{1,15}\.\d{1,4}$/;
const ADDRESS = /^[0-9a-fA-F.:]{2,39}(?:\/\d{1,3})?$/;

/** Something that was given, and is read by a declared type, cannot be told to it. */
export class Untellable extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} does not fit its declared type`);
    this.path = path;
  }
}

/**
 * The members of hostile JSON that a declared record type names, as Cedar values of exactly its types. Others are left
 * out, so no `__entity` or `__extn` of a caller reaches the engine. Throws `Untellable` for one that does not fit.
 */
export function mapDeclaredRecord(
  declared: DeclaredTypes,
  type: Type<string>,
  given: JsonObject,
  name: string,
): Record<string, CedarValueJson> {
  return mapRecord({ declared, left: MOST_VALUES }, type, given, name, 0);
}

interface Mapping {
  readonly declared: DeclaredTypes;
  left: number;
}

function mapRecord(
  mapping: Mapping,
  type: Type<string>,
  given: JsonObject,
  path: string,
  depth: number,
): Record<string, CedarValueJson> {
  const record: Record<string, CedarValueJson> = Object.create(null);
  const resolved = resolve(mapping.declared, type);
  if (resolved.type !== 'Record' || !('attributes' in resolved)) throw new Untellable(path);
  for (const [name, member] of Object.entries(resolved.attributes as Attributes)) {
    // Null is absent, as in Cedar there is no null.
    const value = Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined;
    if (value !== undefined) record[name] = mapValue(mapping, member, value, `${path}.${name}`, depth + 1);
  }
  return record;
}

/** The first attribute that must be there and is not; undefined when all are. */
export function findMissing(
  declared: DeclaredTypes,
  type: Type<string>,
  record: Readonly<Record<string, CedarValueJson>>,
): string | undefined {
  const resolved = resolve(declared, type);
  if (!('attributes' in resolved)) return undefined;
  const members = Object.entries(resolved.attributes as Attributes);
  return members.find(([name, { required }]) => required !== false && record[name] === undefined)?.[0];
}

function mapValue(
  mapping: Mapping,
  type: Type<string>,
  given: JsonValue,
  path: string,
  depth: number,
): CedarValueJson {
  mapping.left -= 1;
  if (mapping.left < 0 || depth > DEEPEST_VALUE) throw new Untellable(path);
  const resolved = resolve(mapping.declared, type);
  switch (resolved.type) {
    case 'String':
      if (typeof given === 'string' && given.isWellFormed()) return given;
      break;
    case 'Bool':
    case 'Boolean':
      if (typeof given === 'boolean') return given;
      break;
    case 'Long':
      // Beyond 2^53 a number no longer says which integer was meant.
      if (typeof given === 'number' && Number.isSafeInteger(given)) return given;
      break;
    case 'Set':
      if (!Array.isArray(given) || !('element' in resolved)) break;
      return given.map((one) => mapValue(mapping, resolved.element, one, path, depth + 1));
    case 'Record': {
      if (!isJsonObject(given)) break;
      const record = mapRecord(mapping, resolved, given, path, depth);
      const missing = findMissing(mapping.declared, resolved, record);
      if (missing !== undefined) throw new Untellable(`${path}.${missing}`);
      return record;
    }
    case 'Entity':
      return mapEntity(resolved, given, path);
    default: {
      const name = resolved.type === 'Extension' && 'name' in resolved ? resolved.name : resolved.type;
      return mapExtension(name, given, path);
    }
  }
  throw new Untellable(path);
}

/** An entity is told by its id alone; its type is the declared one. */
function mapEntity(type: Type<string>, given: JsonValue, path: string): CedarValueJson {
  const named = isJsonObject(given) && Object.hasOwn(given, 'id') ? given.id : given;
  if (typeof named !== 'string' || !named.isWellFormed() || !('name' in type)) throw new Untellable(path);
  if (isJsonObject(given) && Object.hasOwn(given, 'type') && given.type !== type.name)
    throw new Untellable(path);
  return { __entity: { type: type.name, id: named } };
}

function mapExtension(name: string, given: JsonValue, path: string): CedarValueJson {
  const text = typeof given === 'number' ? String(given) : given;
  const fn = EXTENSIONS.get(name);
  if (fn === undefined || typeof text !== 'string') throw new Untellable(path);
  const arg = fn === 'decimal' && /^-?\d{1,15}$/.test(text) ? `${text}.0` : text;
  const form = { ip: ADDRESS, decimal: DECIMAL, datetime: DATE, duration: DURATION }[fn];
  if (form?.test(arg) !== true) throw new Untellable(path);
  return { __extn: { fn, arg } };
}

/** Common types refer to one another; Cedar refuses cycles, and a bound ends what it does not. */
function resolve(declared: DeclaredTypes, type: Type<string>): Type<string> {
  let found = type;
  for (let steps = 0; steps < 16; steps++) {
    const named =
      'name' in found && found.type !== 'Entity' && found.type !== 'Extension' ? found.name : found.type;
    const common = findCommonType(declared, named);
    if (common === undefined) return found;
    found = common;
  }
  return found;
}
