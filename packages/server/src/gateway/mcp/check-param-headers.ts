import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { decodeHeaderValue } from './header-values.ts';

interface MirroredParameter {
  readonly path: readonly string[];
  readonly header: string;
  readonly isNumber: boolean;
}

const declared = new WeakMap<JsonObject, readonly MirroredParameter[]>();
const mostNested = 16;

/** Arguments that a tool's schema mirrors into `Mcp-Param-*` headers must be mirrored truly (SEP-2243). */
export function checkParamHeaders(
  headers: IncomingHttpHeaders,
  definition: JsonObject,
  given: JsonObject,
): void {
  for (const { path, header, isNumber } of listMirrored(definition)) {
    let value: JsonValue | undefined = given;
    for (const key of path) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined || value === null || typeof value === 'object') continue;
    const sent = headers[header];
    if (typeof sent !== 'string')
      throw new AppError('action.header_mismatch', { detail: `${header} is missing` });
    const decoded = decodeHeaderValue(sent);
    const same =
      isNumber && typeof value === 'number' ? isSameNumber(decoded, value) : decoded === String(value);
    if (!same) throw new AppError('action.header_mismatch', { detail: `${header} differs from the body` });
  }
}

function isSameNumber(text: string | undefined, value: number): boolean {
  return text !== undefined && /^-?\d{1,20}(\.\d{1,20})?$/.test(text) && Number(text) === value;
}

function listMirrored(definition: JsonObject): readonly MirroredParameter[] {
  let found = declared.get(definition);
  if (found === undefined) {
    const list: MirroredParameter[] = [];
    if (isJsonObject(definition.inputSchema)) collect(definition.inputSchema, [], list);
    found = list;
    declared.set(definition, found);
  }
  return found;
}

function collect(schema: JsonObject, path: readonly string[], list: MirroredParameter[]): void {
  const name = schema['x-mcp-header'];
  if (typeof name === 'string' && path.length > 0 && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(name)) {
    const isNumber = schema.type === 'integer' || schema.type === 'number';
    list.push({ path, header: `mcp-param-${name.toLowerCase()}`, isNumber });
  }
  if (path.length >= mostNested || !isJsonObject(schema.properties)) return;
  for (const [key, child] of Object.entries(schema.properties)) {
    if (isJsonObject(child)) collect(child, [...path, key], list);
  }
}
