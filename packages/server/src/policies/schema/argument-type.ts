import { findAtPointer, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/** The part of a tool's arguments that policies can read, in Cedar's types. */
export type ArgumentType =
  | { readonly kind: 'string' | 'long' | 'decimal' | 'boolean' }
  | { readonly kind: 'set'; readonly element: ArgumentType }
  | RecordType;

export interface RecordType {
  readonly kind: 'record';
  readonly members: ReadonlyMap<string, RecordMember>;
}

export interface RecordMember {
  readonly type: ArgumentType;
  /** False also when null is allowed: null is told as absent. */
  readonly required: boolean;
}

const DEEPEST_TYPE = 6;
const MOST_MEMBERS = 500;
const LONGEST_NAME = 200;
const NO_MEMBERS: RecordType = { kind: 'record', members: new Map() };

/**
 * The type of a tool's arguments, from the input schema of its pinned definition, which the upstream wrote. What Cedar
 * cannot express (free-form objects, unions, tuples) is left out and told as `unmapped` when it is given.
 */
export function readArgumentType(definition: JsonObject): RecordType {
  const known = knownTypes.get(definition);
  if (known !== undefined) return known;
  const schema = definition.inputSchema;
  const type = isJsonObject(schema)
    ? (readRecord({ root: schema, membersLeft: MOST_MEMBERS }, schema, 0) ?? NO_MEMBERS)
    : NO_MEMBERS;
  knownTypes.set(definition, type);
  return type;
}

/** Definitions never change: a tool that does gets another one. */
const knownTypes = new WeakMap<JsonObject, RecordType>();

interface Reading {
  readonly root: JsonObject;
  membersLeft: number;
}

interface ReadType {
  readonly type: ArgumentType;
  readonly isNullable: boolean;
}

function readType(reading: Reading, schema: JsonValue | undefined, depth: number): ReadType | undefined {
  if (!isJsonObject(schema) || depth > DEEPEST_TYPE) return undefined;
  if (typeof schema.$ref === 'string') return readReference(reading, schema.$ref, depth);
  const named = typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (!Array.isArray(named)) return readUnion(reading, schema.anyOf ?? schema.oneOf, depth);
  const [name, ...others] = named.filter((one) => one !== 'null');
  if (typeof name !== 'string' || others.length > 0) return undefined;
  const type = readNamedType(reading, name, schema, depth);
  return type && { type, isNullable: named.includes('null') };
}

/** Only references within the schema: nothing is ever loaded. A cycle ends at the deepest type. */
function readReference(reading: Reading, reference: string, depth: number): ReadType | undefined {
  if (!reference.startsWith('#/')) return undefined;
  const [found] = findAtPointer(reading.root, reference.slice(1));
  return readType(reading, found, depth + 1);
}

/** One alternative, or nothing. */
function readUnion(reading: Reading, variants: JsonValue | undefined, depth: number): ReadType | undefined {
  if (!Array.isArray(variants)) return undefined;
  const [variant, ...others] = variants.filter((one) => !isJsonObject(one) || one.type !== 'null');
  const only = others.length === 0 ? readType(reading, variant, depth + 1) : undefined;
  return only && { ...only, isNullable: only.isNullable || variants.length > 1 };
}

function readNamedType(
  reading: Reading,
  name: string,
  schema: JsonObject,
  depth: number,
): ArgumentType | undefined {
  switch (name) {
    case 'string':
    case 'boolean':
      return { kind: name };
    case 'integer':
      return { kind: 'long' };
    case 'number':
      return { kind: 'decimal' };
    case 'array': {
      const element = readType(reading, schema.items, depth + 1);
      return element && !element.isNullable ? { kind: 'set', element: element.type } : undefined;
    }
    case 'object':
      return readRecord(reading, schema, depth);
    default:
      return undefined;
  }
}

function readRecord(reading: Reading, schema: JsonObject, depth: number): RecordType | undefined {
  if (!isJsonObject(schema.properties)) return undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members = new Map<string, RecordMember>();
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!isTellable(name) || reading.membersLeft <= 0) continue;
    reading.membersLeft -= 1;
    const read = readType(reading, property, depth + 1);
    if (read) members.set(name, { type: read.type, required: required.includes(name) && !read.isNullable });
  }
  return members.size === 0 ? undefined : { kind: 'record', members };
}

/** Names that begin with two underscores are Cedar's own: `__entity` and `__extn` are escapes in its JSON. */
function isTellable(name: string): boolean {
  return !name.startsWith('__') && name.length <= LONGEST_NAME && name.isWellFormed();
}
