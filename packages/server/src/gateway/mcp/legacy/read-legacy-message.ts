import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { versionKey } from '../check-headers.ts';
import { type Addressee, isRequestId, parseBody } from '../read-message.ts';

export interface LegacyRequest {
  readonly kind: 'request';
  readonly id: string | number;
  readonly method: string;
  readonly params: JsonObject;
  readonly meta: JsonObject;
}

export interface LegacyNotification {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject;
}

/** The client's answer to what it was asked. */
export interface LegacyAnswer {
  readonly kind: 'answer';
  readonly id: JsonValue;
  /** Undefined when it answered with an error. */
  readonly result: JsonObject | undefined;
}

export type LegacyMessage = LegacyRequest | LegacyNotification | LegacyAnswer;

const longestMethod = 128;

/** Hostile input: the bytes are the caller's. Throws `action.*`; `address` hears first whom to answer. */
export function readLegacyMessage(
  headers: IncomingHttpHeaders,
  bytes: Uint8Array,
  address: (addressee: Addressee) => void,
): LegacyMessage {
  const body = parseBody(bytes);
  const { id, method, params = {} } = body;
  if (body.jsonrpc !== '2.0') throw malformed('not a JSON-RPC 2.0 message');
  if (method === undefined) return readAnswer(body);
  address({ id: isRequestId(id) ? id : null, method: typeof method === 'string' ? method : null });
  if (typeof method !== 'string' || method.length > longestMethod) throw malformed('the method is no name');
  if (!isJsonObject(params)) throw malformed('params must be an object');
  const meta = isJsonObject(params._meta) ? params._meta : {};
  requireOneRevision(headers, method, meta);
  if (id === undefined) return { kind: 'notification', method, params };
  if (!isRequestId(id)) throw malformed('the id must be a string or a whole number');
  return { kind: 'request', id, method, params, meta };
}

function readAnswer(body: JsonObject): LegacyAnswer {
  const { id = null, result } = body;
  const hasError = Object.hasOwn(body, 'error');
  if (hasError === Object.hasOwn(body, 'result')) throw malformed('neither a request nor an answer');
  if (hasError) return { kind: 'answer', id, result: undefined };
  if (!isJsonObject(result)) throw malformed('the result must be an object');
  return { kind: 'answer', id, result };
}

/** A message says one thing about its revision and its method, wherever it says so. */
function requireOneRevision(headers: IncomingHttpHeaders, method: string, meta: JsonObject): void {
  if (Object.hasOwn(meta, versionKey)) {
    throw new AppError('action.header_mismatch', {
      detail: `_meta has ${versionKey}, the request has a session`,
    });
  }
  const named = headers['mcp-method'];
  if (named !== undefined && String(named).trim() !== method)
    throw new AppError('action.header_mismatch', { detail: 'Mcp-Method differs from the body' });
}

function malformed(detail: string): AppError {
  return new AppError('action.malformed', { detail });
}
