import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { SchemaConverter } from './convert-schema.ts';
import { listFields } from './field-shape.ts';
import { overridingFields } from './forbidden-headers.ts';
import type { ApiBody } from './operation.ts';
import { resolveReference, UnusablePart } from './resolve-reference.ts';

export interface DescribedBody {
  readonly members: { readonly body?: JsonObject; readonly upload?: JsonObject };
  readonly required: readonly string[];
  readonly body: ApiBody | null;
  readonly uploads: readonly string[];
}

const none: DescribedBody = { members: {}, required: [], body: null, uploads: [] };
const jsonType = /^application\/(?:[a-z0-9.+-]+\+)?json$/;
const formType = 'application/x-www-form-urlencoded';
const mediaType = /^(?:\*|[a-z0-9!#$&^_.+-]+)\/(?:\*|[a-z0-9!#$&^_.+-]+)$/;
const mostTypes = 16;

export function isJsonType(type: string): boolean {
  return jsonType.test(type);
}

/** What a caller may send: JSON or a form, whose values are decided on, and types that are passed on unread. Throws `UnusablePart`. */
export function describeBody(
  document: JsonObject,
  { requestBody }: JsonObject,
  method: string,
  converter: SchemaConverter,
): DescribedBody {
  if (requestBody === undefined) return none;
  const { content, required } = resolveReference(document, requestBody);
  const types = new Map(
    Object.entries(isJsonObject(content) ? content : {}).flatMap(([name, value]) => {
      const type = (name.split(';', 1)[0] ?? '').trim().toLowerCase();
      return mediaType.test(type) && isJsonObject(value) ? [[type, value] as const] : [];
    }),
  );
  if (method === 'GET' || method === 'HEAD') {
    if (required === true) throw new UnusablePart(`${method} with a body`);
    return none;
  }
  const typed = describeTyped(document, types, converter);
  const uploads = [...types.keys()]
    .filter((type) => !isJsonType(type) && type !== formType)
    .slice(0, mostTypes);
  if (typed === undefined && uploads.length === 0) throw new UnusablePart('its body is of no known type');
  const members = {
    ...(typed === undefined ? {} : { body: typed.schema }),
    ...(uploads.length === 0 ? {} : { upload: describeUpload(uploads) }),
  };
  const [only, ...others] = Object.keys(members);
  const isNeeded = required === true && only !== undefined && others.length === 0;
  return { members, required: isNeeded ? [only] : [], body: typed?.body ?? null, uploads };
}

function describeTyped(
  document: JsonObject,
  types: ReadonlyMap<string, JsonObject>,
  converter: SchemaConverter,
): { readonly body: ApiBody; readonly schema: JsonObject } | undefined {
  const json = [...types.keys()].find(isJsonType);
  if (json !== undefined) {
    const schema = converter.convert(types.get(json)?.schema ?? {});
    return { body: { kind: 'json', mediaType: json, fields: [] }, schema };
  }
  const form = types.get(formType);
  if (form === undefined) return undefined;
  const schema = resolveReference(document, form.schema);
  const fields = listFields(document, schema, form.encoding);
  if (fields.some(({ name }) => overridingFields.has(name.toLowerCase())))
    throw new UnusablePart('its form can change its method');
  return {
    body: { kind: 'form', mediaType: formType, fields },
    // A form has no other members than those whose spelling is known.
    schema: { ...converter.convert(schema), additionalProperties: false },
  };
}

/** What can be said, before it is sent, of a body that nobody here reads. */
function describeUpload(types: readonly string[]): JsonObject {
  const isAny = types.some((type) => type.includes('*'));
  const contentType: JsonValue = isAny ? { type: 'string' } : { type: 'string', enum: [...types] };
  return {
    type: 'object',
    description: 'A body that is passed on unread. Send it through the HTTP door.',
    properties: {
      contentType,
      bytes: { type: 'integer', minimum: 0 },
      digest: { type: 'string', description: 'SHA-256, base64url' },
      boundary: { type: 'string', description: 'Of a multipart body' },
    },
    required: ['contentType', 'bytes', 'digest'],
    additionalProperties: false,
  };
}
