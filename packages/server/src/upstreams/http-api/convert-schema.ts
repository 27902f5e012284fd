import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { followReference, resolveReference, UnusablePart } from './resolve-reference.ts';

const plain = new Set(
  `const default enum exclusiveMaximum exclusiveMinimum format maxItems maxLength maxProperties maximum minItems minLength
   minProperties minimum multipleOf required title type uniqueItems`.split(/\s+/),
);
const schemas = new Set('additionalProperties contains else if items not propertyNames then'.split(' '));
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const maps = new Set(['dependentSchemas', 'patternProperties', 'properties']);
const deepest = 24;
const mostSchemas = 4_000;
const longestDescription = 400;
// The engine that runs patterns in bounded time has none of these; the API checks its own patterns anyway.
const unusualPattern = /\(\?[=!<]|\\[1-9]/;

/** Turns schemas of an OpenAPI document into ones of JSON Schema 2020-12 that stand alone. */
export interface SchemaConverter {
  /** Throws `UnusablePart`. */
  convert(schema: JsonValue | undefined): JsonObject;
  /** What the converted schemas refer to, as `#/$defs/…`. */
  readonly definitions: JsonObject;
}

/** `most` cuts schemas that are too large to pin: what lies deeper is any value, and references are written out. */
export function createSchemaConverter(document: JsonObject, most: number | null): SchemaConverter {
  const names = new Map<string, string>();
  const definitions: { [name: string]: JsonObject } = {};
  const isOld = String(document.openapi).startsWith('3.0.');
  let count = 0;

  const refer = (reference: JsonValue, depth: number): JsonObject => {
    if (most !== null) return convert(followReference(document, reference), depth + 1);
    const pointer = String(reference);
    let name = names.get(pointer);
    if (name === undefined) {
      name = nameDefinition(pointer, definitions);
      names.set(pointer, name);
      definitions[name] = {};
      definitions[name] = convert(followReference(document, reference), 0);
    }
    return { $ref: `#/$defs/${name}` };
  };

  const convert = (value: JsonValue | undefined, depth: number): JsonObject => {
    if (value === true) return {};
    if (value === false) return { not: {} };
    if (!isJsonObject(value)) throw new UnusablePart('a schema is missing');
    if (most !== null && depth > most) return {};
    if (depth > deepest || ++count > mostSchemas) throw new UnusablePart('a schema is too deep or too large');
    const { $ref } = value;
    // Beside a reference, 3.0 ignores everything.
    if ($ref !== undefined && isOld) return refer($ref, depth);
    const members = Object.entries(value).flatMap(([keyword, member]) => {
      const converted = convertMember(keyword, member, depth);
      return converted === undefined ? [] : [[keyword, converted] as const];
    });
    const converted: { [name: string]: JsonValue } = Object.fromEntries(members);
    if (isOld) modernise(value, converted);
    dropAnswered(document, value, converted);
    return $ref === undefined ? converted : { ...converted, ...refer($ref, depth) };
  };

  const convertMember = (keyword: string, member: JsonValue, depth: number): JsonValue | undefined => {
    if (plain.has(keyword)) return member;
    if (keyword === 'description')
      return typeof member === 'string' ? member.slice(0, longestDescription).toWellFormed() : undefined;
    if (keyword === 'pattern')
      return typeof member === 'string' && !unusualPattern.test(member) ? member : undefined;
    if (schemas.has(keyword)) return typeof member === 'boolean' ? member : convert(member, depth + 1);
    if (lists.has(keyword) && Array.isArray(member))
      return member.map((one: JsonValue) => convert(one, depth + 1));
    if (!maps.has(keyword) || !isJsonObject(member)) return undefined;
    return Object.fromEntries(Object.entries(member).map(([name, one]) => [name, convert(one, depth + 1)]));
  };

  return { convert: (schema) => convert(schema, 0), definitions };
}

/** OpenAPI 3.0 has its own words for null and for open bounds. */
function modernise(value: JsonObject, converted: { [name: string]: JsonValue }): void {
  if (value.nullable === true) {
    if (typeof value.type === 'string') converted.type = [value.type, 'null'];
    if (Array.isArray(value.enum) && !value.enum.includes(null)) converted.enum = [...value.enum, null];
  }
  for (const [open, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof value[open] !== 'boolean') continue;
    delete converted[open];
    const limit = value[bound];
    if (value[open] && limit !== undefined) {
      converted[open] = limit;
      delete converted[bound];
    }
  }
}

/** Members that only answers have are not asked of a caller. */
function dropAnswered(
  document: JsonObject,
  value: JsonObject,
  converted: { [name: string]: JsonValue },
): void {
  const { properties } = value;
  if (!isJsonObject(properties) || !Array.isArray(converted.required)) return;
  converted.required = converted.required.filter((name) => {
    const property =
      typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isJsonObject(property)) return true;
    return property.readOnly !== true && resolveReference(document, property).readOnly !== true;
  });
}

function nameDefinition(pointer: string, taken: JsonObject): string {
  const last = (pointer.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 64) || 'schema';
  let name = last;
  for (let i = 2; Object.hasOwn(taken, name); i++) name = `${last}_${i}`;
  return name;
}
