import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { createSchemaConverter, type SchemaConverter } from './convert-schema.ts';
import { describeBody } from './describe-body.ts';
import { describeField } from './field-shape.ts';
import { isForbiddenHeader, overridingFields } from './forbidden-headers.ts';
import type { FoundOperation } from './import-operations.ts';
import { type ApiOperation, type ApiParameter, operationKey, readPlaceholder } from './operation.ts';
import { resolveReference, UnusablePart } from './resolve-reference.ts';

/** What the gateway itself puts on every request of this API; no parameter may be called the same. */
export interface OwnHeaders {
  /** In lower case. */
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
}

const mostBytes = 60_000;
/** How deep schemas are told: whole where they fit, else less and less of them. */
const depths = [null, 6, 4, 2, 1] as const;
const longestText = 2_000;
const readingMethods = new Set(['GET', 'HEAD']);
const repeatableMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const literal = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]*$/;

/** A tool definition, as an MCP server would give it, with how it becomes a request. Throws `UnusablePart`. */
export function describeTool(document: JsonObject, found: FoundOperation, own: OwnHeaders): JsonObject {
  for (const most of depths) {
    const tool = describe(document, found, own, createSchemaConverter(document, most));
    if (canonicalJson(tool).length <= mostBytes) return tool;
  }
  throw new UnusablePart('its description is too large');
}

function describe(
  document: JsonObject,
  { name, method, path, item, operation }: FoundOperation,
  own: OwnHeaders,
  converter: SchemaConverter,
): JsonObject {
  requirePlainPath(path);
  if (item.servers !== undefined || operation.servers !== undefined)
    throw new UnusablePart('it has a server of its own');
  const parameters = listParameters(document, item, operation).filter((one) => isCallersOwn(one, own));
  const body = describeBody(document, operation, method, converter);
  const members: { [name: string]: JsonValue } = {};
  const required: string[] = [];
  for (const place of ['path', 'query', 'header'] as const) {
    const schema = describePlace(parameters, place, converter);
    if (schema === undefined) continue;
    members[place] = schema;
    if (Array.isArray(schema.required) && schema.required.length > 0) required.push(place);
  }
  Object.assign(members, body.members);
  required.push(...body.required);
  const binding: ApiOperation = {
    method,
    path,
    parameters: parameters.map(({ field, place }): ApiParameter => ({ ...field, in: place })),
    body: body.body,
    uploads: body.uploads,
    answers: listAnswerHeaders(document, operation),
  };
  requireEveryPlaceholder(path, binding);
  const { definitions } = converter;
  return {
    name,
    ...describeWords(operation, method, path),
    inputSchema: {
      type: 'object',
      properties: members,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
    },
    annotations: {
      readOnlyHint: readingMethods.has(method),
      destructiveHint: method === 'DELETE',
      idempotentHint: repeatableMethods.has(method),
    },
    _meta: { [operationKey]: binding as unknown as JsonObject },
  };
}

/** Segments are literal or one parameter each; a template with both in one could be read in several ways. */
function requirePlainPath(path: string): void {
  const [first, ...segments] = path.split('/');
  const isPlain = segments.every((one, i) => {
    if (one === '' || one === '.' || one === '..') return one === '' && i === segments.length - 1;
    return readPlaceholder(one) !== undefined || literal.test(one);
  });
  if (first !== '' || !isPlain) throw new UnusablePart('its path mixes text and parameters in one segment');
}

function requireEveryPlaceholder(path: string, { parameters }: ApiOperation): void {
  const wanted = path.split('/').flatMap((segment) => readPlaceholder(segment) ?? []);
  const given = parameters.filter((one) => one.in === 'path').map((one) => one.name);
  const isSame = new Set(wanted).size === wanted.length && given.length === wanted.length;
  if (!isSame || wanted.some((name) => !given.includes(name)))
    throw new UnusablePart('its path and its parameters do not agree');
}

interface FoundParameter {
  readonly place: ApiParameter['in'];
  readonly field: Omit<ApiParameter, 'in'>;
  readonly schema: JsonValue | undefined;
  readonly description: JsonValue | undefined;
  readonly isRequired: boolean;
}

/** Those of the operation, and of its path where it has none of that name. */
function listParameters(
  document: JsonObject,
  item: JsonObject,
  operation: JsonObject,
): readonly FoundParameter[] {
  const found = new Map<string, FoundParameter>();
  for (const list of [item.parameters, operation.parameters]) {
    if (!Array.isArray(list)) continue;
    for (const one of list) {
      const parameter = resolveReference(document, one);
      const { name, schema } = parameter;
      const place = parameter.in;
      if (typeof name !== 'string' || name === '' || name.length > 128 || name === '__proto__')
        throw new UnusablePart('a parameter has no usable name');
      const isRequired = place === 'path' || parameter.required === true;
      if (place === 'cookie') {
        if (isRequired) throw new UnusablePart('it needs a cookie');
        continue;
      }
      if (place !== 'path' && place !== 'query' && place !== 'header')
        throw new UnusablePart(`a parameter is in ${String(place).slice(0, 16)}`);
      const style =
        typeof parameter.style === 'string' ? parameter.style : place === 'query' ? 'form' : 'simple';
      const explode = typeof parameter.explode === 'boolean' ? parameter.explode : style === 'form';
      try {
        if (schema === undefined) throw new UnusablePart(`${name} has no schema`);
        const field = describeField(document, { name, schema, style, explode });
        if (place === 'path' && field.shape !== 'single')
          throw new UnusablePart(`${name} is no single value`);
        found.set(`${place} ${name}`, {
          place,
          field,
          schema,
          description: parameter.description,
          isRequired,
        });
      } catch (thrown) {
        if (isRequired || !(thrown instanceof UnusablePart)) throw thrown;
      }
    }
  }
  return [...found.values()];
}

/** The gateway's own headers, and whatever would change what a request is, are no agent's to choose. */
function isCallersOwn({ place, field: { name } }: FoundParameter, own: OwnHeaders): boolean {
  if (place === 'query') return !own.query.has(name) && !overridingFields.has(name.toLowerCase());
  if (place !== 'header') return true;
  const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(name);
  return isToken && !isForbiddenHeader(name) && !own.headers.has(name.toLowerCase());
}

function describePlace(
  parameters: readonly FoundParameter[],
  place: ApiParameter['in'],
  converter: SchemaConverter,
): JsonObject | undefined {
  const here = parameters.filter((one) => one.place === place);
  if (here.length === 0) return undefined;
  const properties = here.map(({ field, schema, description }) => {
    const converted = converter.convert(schema);
    const text = typeof description === 'string' ? { description: cut(description, 400) } : {};
    return [field.name, { ...text, ...converted }] as const;
  });
  const required = here.filter(({ isRequired }) => isRequired).map(({ field }) => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function describeWords(
  { summary, description, deprecated }: JsonObject,
  method: string,
  path: string,
): JsonObject {
  const words = typeof description === 'string' && description !== '' ? description : summary;
  const text = typeof words === 'string' ? `\n${cut(words, longestText)}` : '';
  const title = typeof summary === 'string' && summary !== '' ? { title: cut(summary, 200) } : {};
  return { ...title, description: `${method} ${path}${deprecated === true ? ' (deprecated)' : ''}${text}` };
}

function listAnswerHeaders(document: JsonObject, { responses }: JsonObject): readonly string[] {
  const names = new Set<string>();
  for (const response of Object.values(isJsonObject(responses) ? responses : {})) {
    const { headers } = resolveReference(document, response);
    for (const name of Object.keys(isJsonObject(headers) ? headers : {})) names.add(name.toLowerCase());
  }
  return [...names].sort().slice(0, 64);
}

function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}
