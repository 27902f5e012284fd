import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from '@countersign/core';

export const modernRevision = '2026-07-28';

const prefix = 'io.modelcontextprotocol/';
export const metaKeys = {
  protocolVersion: `${prefix}protocolVersion`,
  clientCapabilities: `${prefix}clientCapabilities`,
  clientInfo: `${prefix}clientInfo`,
  serverInfo: `${prefix}serverInfo`,
  subscriptionId: `${prefix}subscriptionId`,
  logLevel: `${prefix}logLevel`,
} as const;

const messageDepth = 64;
const messageMembers = 200_000;
const resultTypes = new Set<unknown>(['complete', 'input_required', 'task']);

/** Parses what an upstream sent, which is hostile text. Throws `upstream.lied` or `upstream.result_too_large`. */
export function parseMessage(text: string): JsonObject {
  const parsed = parseStrictJson(text, { depth: messageDepth, keys: messageMembers });
  if (!parsed.ok) {
    throw new AppError(parsed.code === 'too_large' ? 'upstream.result_too_large' : 'upstream.lied', {
      detail: `the reply is not acceptable JSON: ${parsed.code}`,
    });
  }
  if (!isJsonObject(parsed.value) || parsed.value.jsonrpc !== '2.0') throw lied('not one JSON-RPC message');
  return parsed.value;
}

/** Whether a message has a method and no id. Throws `upstream.lied` for a malformed one. */
export function isNotification(message: JsonObject): boolean {
  if (!Object.hasOwn(message, 'method') || Object.hasOwn(message, 'id')) return false;
  if (typeof message.method !== 'string' || !isParams(message.params)) throw lied('a malformed notification');
  return true;
}

export function isToolsChanged(message: JsonObject): boolean {
  return message.method === 'notifications/tools/list_changed';
}

/** The message as the one response to `id` in revision 2026-07-28. Throws `upstream.lied` for anything else. */
export function requireResponse(message: JsonObject, id: JsonValue | undefined): JsonObject {
  if (Object.hasOwn(message, 'method')) throw lied('a request from an upstream');
  if (message.id !== id) throw lied('the id is not that of the request');
  const hasResult = Object.hasOwn(message, 'result');
  if (hasResult === Object.hasOwn(message, 'error')) throw lied('result and error, or neither');
  if (hasResult) requireResult(message.result);
  else requireError(message.error);
  return message;
}

export function lied(detail: string): AppError {
  return new AppError('upstream.lied', { detail });
}

function requireResult(result: JsonValue | undefined): void {
  if (!isJsonObject(result)) throw lied('the result is no object');
  if (!resultTypes.has(result.resultType)) throw lied('resultType is missing or unknown');
}

function requireError(error: JsonValue | undefined): void {
  const valid = isJsonObject(error) && Number.isInteger(error.code) && typeof error.message === 'string';
  if (!valid) throw lied('a malformed error');
}

function isParams(params: JsonValue | undefined): boolean {
  return params === undefined || isJsonObject(params);
}
