import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';
import { type JsonObject, type JsonValue, parseStrictJson } from '@countersign/core';
import {
  type ApiOperation,
  isJsonType,
  isListed,
  overridingHeaders,
  readPlaceholder,
} from '../../upstreams/index.ts';
import { listHeaderValues } from '../mcp/header-values.ts';
import { messageLimits } from '../mcp/read-message.ts';
import { type Address, readPairs } from './read-address.ts';
import { readFields, readTyped } from './read-fields.ts';
import type { ReceivedBody } from './receive-body.ts';

/**
 * What a request says, as the arguments of its operation: all of it that goes on, and nothing else of it does. Hostile.
 * Throws `action.arguments_invalid`, `action.header_refused`, `action.content_type_refused`, `action.malformed`.
 */
export function readArguments(
  request: IncomingMessage,
  operation: ApiOperation,
  { segments, query }: Address,
  body: ReceivedBody | undefined,
): JsonObject {
  refuseOverrides(request);
  const groups = {
    path: readPath(operation, segments),
    query: readFields(
      'query',
      operation.parameters.filter((one) => one.in === 'query'),
      query,
    ),
    header: readHeaders(request, operation),
  };
  const given = Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0);
  return { ...Object.fromEntries(given), ...(body && readBody(operation, body)) };
}

/** Whoever sends one means another method than the one that would be decided on. */
function refuseOverrides({ headers }: IncomingMessage): void {
  const found = overridingHeaders.find((name) => headers[name] !== undefined);
  if (found !== undefined) throw new AppError('action.header_refused', { detail: found });
}

function readPath({ path, parameters }: ApiOperation, segments: readonly string[]): JsonObject {
  const names = path.split('/').slice(1).map(readPlaceholder);
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
      return parameter === undefined
        ? []
        : [[parameter.name, readTyped(segments[i] ?? '', parameter)] as const];
    }),
  );
}

function readHeaders({ rawHeaders }: IncomingMessage, { parameters }: ApiOperation): JsonObject {
  return Object.fromEntries(
    parameters.flatMap((parameter): [string, JsonValue][] => {
      if (parameter.in !== 'header') return [];
      const [value, ...others] = listHeaderValues(rawHeaders, parameter.name.toLowerCase());
      if (value === undefined) return [];
      if (others.length > 0)
        throw new AppError('action.header_refused', { detail: `${parameter.name} is given twice` });
      const texts = parameter.shape === 'single' ? [value] : value.split(',').map((one) => one.trim());
      const values = texts.map((one) => readTyped(one, parameter));
      return [[parameter.name, parameter.shape === 'single' ? (values[0] ?? '') : values]];
    }),
  );
}

function readBody({ body, uploads }: ApiOperation, received: ReceivedBody): JsonObject {
  const { mediaType, bytes, upload, boundary } = received;
  const isTyped = body?.kind === 'json' ? isJsonType(mediaType) : body?.mediaType === mediaType;
  if (body !== null && isTyped) {
    if (bytes === null) throw new AppError('action.too_large');
    return {
      body:
        body.kind === 'json' ? readJson(bytes) : readFields('body', body.fields, readPairs(readText(bytes))),
    };
  }
  // What nobody reads here must not be something that somebody else would read as a body that is decided on.
  if (isJsonType(mediaType) || !isListed(mediaType, uploads))
    throw new AppError('action.content_type_refused');
  const stated = { contentType: mediaType, bytes: upload.bytes, digest: upload.digest };
  return { upload: boundary === null ? stated : { ...stated, boundary } };
}

function readJson(bytes: Buffer): JsonValue {
  const parsed = parseStrictJson(readText(bytes), messageLimits);
  if (parsed.ok) return parsed.value;
  if (parsed.code === 'too_deep' || parsed.code === 'too_large')
    throw new AppError('action.too_large', { detail: parsed.code });
  throw new AppError('action.malformed', { detail: `${parsed.code} at ${parsed.at}` });
}

function readText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new AppError('action.malformed', { detail: 'not UTF-8' });
  }
}
