import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { ApiField, ValueType } from './operation.ts';
import { resolveReference, UnusablePart } from './resolve-reference.ts';

const valueTypes: readonly ValueType[] = ['integer', 'number', 'boolean', 'string'];
const deepest = 4;

/** How a parameter or a field of a form is spelled, by its style (OpenAPI 3.1, section 4.8.12.2). Throws `UnusablePart`. */
export function describeField(
  document: JsonObject,
  field: {
    readonly name: string;
    readonly schema: JsonValue | undefined;
    readonly style: string;
    readonly explode: boolean;
  },
): ApiField {
  const { name, style, explode } = field;
  const schema = resolveReference(document, field.schema);
  const kinds = listTypes(document, schema, 0);
  if (kinds.has('array')) {
    const types = pickTypes(listTypes(document, resolveReference(document, schema.items ?? {}), 0));
    if (style !== 'form' && style !== 'simple') throw unusable(name);
    return { name, shape: style === 'form' && explode ? 'list' : 'commas', types };
  }
  if (kinds.has('object')) {
    if (style !== 'deepObject') throw unusable(name);
    return { name, shape: 'map', types: ['string'] };
  }
  if (style !== 'form' && style !== 'simple' && style !== 'deepObject') throw unusable(name);
  return { name, shape: 'single', types: pickTypes(kinds) };
}

function listTypes(document: JsonObject, schema: JsonObject, depth: number): ReadonlySet<string> {
  const { type } = schema;
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  const variants = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  if (variants === undefined || depth >= deepest) return new Set();
  const inner = variants.map((one: JsonValue) =>
    listTypes(document, resolveReference(document, one), depth + 1),
  );
  return new Set(inner.flatMap((types) => [...types]));
}

/** Text is what everything may be that says nothing of itself. */
function pickTypes(kinds: ReadonlySet<string>): readonly ValueType[] {
  const types = valueTypes.filter((type) => kinds.has(type));
  return types.length === 0 ? ['string'] : types;
}

/** The fields of a form's schema, in its order. Throws `UnusablePart`. */
export function listFields(
  document: JsonObject,
  schema: JsonObject,
  encoding: JsonValue | undefined,
): ApiField[] {
  if (!isJsonObject(schema.properties)) throw new UnusablePart('its form has no fields');
  return Object.entries(schema.properties).map(([name, property]) => {
    const how = isJsonObject(encoding) && Object.hasOwn(encoding, name) ? encoding[name] : undefined;
    const given = isJsonObject(how) ? how : {};
    // Without a word on it, objects have no spelling in a form; most APIs read this one.
    const style =
      typeof given.style === 'string' ? given.style : isObject(document, property) ? 'deepObject' : 'form';
    return describeField(document, { name, schema: property, style, explode: given.explode !== false });
  });
}

function isObject(document: JsonObject, schema: JsonValue): boolean {
  return listTypes(document, resolveReference(document, schema), 0).has('object');
}

function unusable(name: string): UnusablePart {
  return new UnusablePart(`${name.slice(0, 64)} is spelled in a way that is not supported`);
}
