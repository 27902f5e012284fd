import { CedarEvaluationError, CedarReadError } from './errors.ts';
import { EXTENSION_FUNCTIONS } from './extensions/index.ts';
import { normaliseLong } from './long.ts';
import {
  type CedarEntity,
  type CedarRecord,
  type CedarValue,
  makeCedarEntity,
  makeCedarRecord,
  makeCedarSet,
} from './value.ts';

/** Records and sets inside of each other. */
export const VALUE_DEPTH_LIMIT = 64;

const SEGMENT =
  '(?!(?:if|then|else|true|false|in|is|like|has|__cedar)(?![_A-Za-z0-9]))[_A-Za-z][_A-Za-z0-9]*';
const TYPE_NAME = new RegExp(`^${SEGMENT}(?:::${SEGMENT})*$`);

/**
 * Reads hostile JSON in Cedar's value format, `__entity` and `__extn` included. Throws `CedarReadError` for `null`,
 * fractions, Longs out of range, `number`s that are no safe integers, lone surrogates, and what nests too deep.
 * An object that only resembles `{"__entity": …}` or `{"__extn": …}` is a record, as it is for the official engine.
 */
export function readCedarValue(json: unknown): CedarValue {
  return readAt(json, 0);
}

/** Reads an object as a record: names that mean something in other places are ordinary names here. */
export function readRecord(json: unknown): CedarRecord {
  if (!isObject(json)) throw new CedarReadError('expected an object');
  return readMembers(json, 0);
}

/** Reads `{type, id}`, or the same as `__entity`. */
export function readCedarEntity(json: unknown): CedarEntity {
  const name = isObject(json) && Object.hasOwn(json, '__entity') ? json.__entity : json;
  if (!isEntityName(name)) throw new CedarReadError('expected the type and the id of an entity');
  if (!name.id.isWellFormed()) throw new CedarReadError('an id is not a text of Unicode characters');
  if (!TYPE_NAME.test(name.type)) throw new CedarReadError('the type of an entity is not a name');
  return makeCedarEntity(name.type, name.id);
}

function readAt(json: unknown, depth: number): CedarValue {
  switch (typeof json) {
    case 'boolean':
      return json;
    case 'string':
      if (!json.isWellFormed()) throw new CedarReadError('a String is not a text of Unicode characters');
      return json;
    case 'number':
      if (!Number.isSafeInteger(json)) throw new CedarReadError('a number is not an exact Long');
      return json + 0;
    case 'bigint':
      return readLong(json);
  }
  if (depth >= VALUE_DEPTH_LIMIT)
    throw new CedarReadError(`more than ${VALUE_DEPTH_LIMIT} records and sets inside of each other`);
  if (Array.isArray(json)) return makeCedarSet(json.map((member) => readAt(member, depth + 1)));
  if (!isObject(json)) throw new CedarReadError('a value that Cedar does not have');
  return readEscape(json, depth) ?? readMembers(json, depth);
}

function readLong(json: bigint): CedarValue {
  try {
    return normaliseLong(json);
  } catch (cause) {
    throw new CedarReadError('a number is beyond the range of a Long', { cause });
  }
}

function readMembers(json: Readonly<Record<string, unknown>>, depth: number): CedarRecord {
  const members = new Map<string, CedarValue>();
  for (const name of Object.keys(json)) {
    if (!name.isWellFormed()) throw new CedarReadError('a name is not a text of Unicode characters');
    members.set(name, readAt(json[name], depth + 1));
  }
  return makeCedarRecord(members);
}

function readEscape(json: Readonly<Record<string, unknown>>, depth: number): CedarValue | undefined {
  const [name, more] = Object.keys(json);
  if (more !== undefined) return undefined;
  if (name === '__entity') return isEntityName(json.__entity) ? readCedarEntity(json.__entity) : undefined;
  if (name === '__expr' && typeof json.__expr === 'string')
    throw new CedarReadError('a value must not be an expression');
  if (name !== '__extn' || !isObject(json.__extn)) return undefined;
  const fn = Object.hasOwn(json.__extn, 'fn') ? json.__extn.fn : undefined;
  const args = readArguments(json.__extn);
  if (typeof fn !== 'string' || args === undefined) return undefined;
  const call = EXTENSION_FUNCTIONS.get(fn);
  if (call === undefined) throw new CedarReadError('there is no such extension function');
  try {
    return call(args.map((arg) => readAt(arg, depth + 1)));
  } catch (cause) {
    if (!(cause instanceof CedarEvaluationError)) throw cause;
    throw new CedarReadError(`the arguments of ${fn} are not right`, { cause });
  }
}

function readArguments(call: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (Object.hasOwn(call, 'arg')) return [call.arg];
  return Object.hasOwn(call, 'args') && Array.isArray(call.args) ? call.args : undefined;
}

function isEntityName(json: unknown): json is { readonly type: string; readonly id: string } {
  return (
    isObject(json) &&
    Object.hasOwn(json, 'type') &&
    Object.hasOwn(json, 'id') &&
    typeof json.type === 'string' &&
    typeof json.id === 'string'
  );
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
