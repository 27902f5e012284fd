import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type ApiField, type ApiOperation, readPlaceholder } from './operation.ts';

/** A request as it goes out, but for what the gateway adds; made from the decided arguments and nothing else. */
export interface ApiRequest {
  /** Below the API's own address, encoded. */
  readonly path: string;
  /** Encoded, without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  readonly contentType: string | null;
}

// A segment that another reader could take for more than one, or for a step upwards.
const confusing = /[/\\\p{Cc}]|%(?:2e|2f|5c|00)/iu;
const headerValue = /^[\x20-\x7e]*$/;

/** Writes the request for these arguments, which fit the operation's schema. Throws `action.arguments_invalid`. */
export function renderRequest(operation: ApiOperation, given: JsonObject): ApiRequest {
  const { body, upload } = given;
  if (body !== undefined && upload !== undefined) throw refuse('body and upload exclude each other');
  const query = readGroup(given, 'query');
  return {
    path: renderPath(operation.path, readGroup(given, 'path')),
    query: renderFields(
      operation.parameters.filter((one) => one.in === 'query'),
      query,
    ),
    headers: renderHeaders(operation, readGroup(given, 'header')),
    ...renderBody(operation, body, upload),
  };
}

function renderPath(template: string, given: JsonObject): string {
  const segments = template.split('/').map((segment) => {
    const name = readPlaceholder(segment);
    if (name === undefined) return segment;
    const text = writeValue(readMember(given, name), name);
    if (text === '' || text === '.' || text === '..' || confusing.test(text))
      throw refuse(`path.${name} is no one segment`);
    return encode(text, name);
  });
  return segments.join('/');
}

function renderHeaders({ parameters }: ApiOperation, given: JsonObject): ApiRequest['headers'] {
  return parameters.flatMap((parameter) => {
    const value = parameter.in === 'header' ? readMember(given, parameter.name) : undefined;
    if (value === undefined || value === null) return [];
    const texts = (Array.isArray(value) ? value : [value]).map((one: JsonValue) =>
      writeValue(one, parameter.name),
    );
    const text = texts.join(',');
    // Two headers made of one would be a request that nobody decided on.
    if (!headerValue.test(text)) throw refuse(`header.${parameter.name} cannot be sent`);
    return [[parameter.name.toLowerCase(), text] as const];
  });
}

function renderBody(
  { body: known, uploads }: ApiOperation,
  body: JsonValue | undefined,
  upload: JsonValue | undefined,
): Pick<ApiRequest, 'body' | 'contentType'> {
  if (isJsonObject(upload)) {
    const type = String(upload.contentType);
    if (!isListed(type, uploads)) throw refuse('upload.contentType is none of those declared');
    const { boundary } = upload;
    if (typeof boundary !== 'string') return { body: null, contentType: type };
    if (!type.startsWith('multipart/') || !/^[A-Za-z0-9'()+_,./:=?-]{1,70}$/.test(boundary))
      throw refuse('upload.boundary is none');
    return { body: null, contentType: `${type}; boundary="${boundary}"` };
  }
  if (body === undefined || known === null) return { body: null, contentType: null };
  if (known.kind === 'json') return { body: JSON.stringify(body), contentType: known.mediaType };
  if (!isJsonObject(body)) throw refuse('body is no form');
  return { body: renderFields(known.fields, body), contentType: known.mediaType };
}

/** Whether a media type, without parameters, is one of these or in one of these ranges. */
export function isListed(type: string, uploads: readonly string[]): boolean {
  if (!/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type)) return false;
  const range = `${type.split('/', 1)[0]}/*`;
  return uploads.some((one) => one === type || one === range || one === '*/*');
}

/** RFC 3986 escapes everywhere: `+` and every other character that has two readings are never sent bare. */
function renderFields(fields: readonly ApiField[], given: JsonObject): string {
  return fields.flatMap((field) => renderField(field, readMember(given, field.name))).join('&');
}

function renderField({ name, shape }: ApiField, value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  const pair = (key: string, one: JsonValue) => `${encode(key, name)}=${encode(writeValue(one, name), name)}`;
  if (shape === 'map') {
    if (!isJsonObject(value)) throw refuse(`${name} is no object`);
    return Object.entries(value).map(([member, one]) => {
      if (!/^[^[\]\p{Cc}]{1,200}$/u.test(member)) throw refuse(`${name} has a member that cannot be spelled`);
      return pair(`${name}[${member}]`, one);
    });
  }
  if (shape === 'single') return [pair(name, value)];
  const items = Array.isArray(value) ? value : [value];
  if (shape === 'list') return items.map((one: JsonValue) => pair(name, one));
  const texts = items.map((one: JsonValue) => writeValue(one, name));
  if (texts.some((text) => text.includes(','))) throw refuse(`an item of ${name} has a comma`);
  return [`${encode(name, name)}=${texts.map((text) => encode(text, name)).join(',')}`];
}

function writeValue(value: JsonValue | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refuse(`${name} is no text, number or boolean`);
}

function encode(text: string, name: string): string {
  if (!text.isWellFormed()) throw refuse(`${name} is not well-formed text`);
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function readGroup(given: JsonObject, name: string): JsonObject {
  const group = readMember(given, name);
  return isJsonObject(group) ? group : {};
}

function readMember(group: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(group, name) ? group[name] : undefined;
}

function refuse(detail: string): AppError {
  return new AppError('action.arguments_invalid', { detail });
}
