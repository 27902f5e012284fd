import { errors } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from '@countersign/core';

export const modernRevision = '2026-07-28';
export const versionKey = 'io.modelcontextprotocol/protocolVersion';
export const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
export const clientInfoKey = 'io.modelcontextprotocol/clientInfo';
export const serverInfoKey = 'io.modelcontextprotocol/serverInfo';
export const logLevelKey = 'io.modelcontextprotocol/logLevel';

export type RequestId = string | number;

/** One JSON-RPC message: a request has a method and an id, a notification no id, an answer no method. */
export interface Message {
  readonly id: RequestId | undefined;
  readonly method: string | undefined;
  readonly params: JsonObject;
  /** The message as it came. */
  readonly whole: JsonObject;
}

const limits = { depth: 64, keys: 20_000, stringLength: 4_194_304 };

/** Reads one line of the client, or says as a JSON-RPC error why not. */
export function readMessage(line: string): { readonly message: Message } | { readonly error: JsonObject } {
  const parsed = parseStrictJson(line, limits);
  if (!parsed.ok) return { error: errorMessage(null, -32_700, `not acceptable JSON: ${parsed.code}`) };
  const whole = parsed.value;
  if (!isJsonObject(whole) || whole.jsonrpc !== '2.0') {
    return { error: errorMessage(null, -32_600, 'not one JSON-RPC 2.0 message') };
  }
  const { id, method, params = {} } = whole;
  const hasValidForm =
    (id === undefined || typeof id === 'string' || Number.isSafeInteger(id)) &&
    (method === undefined || typeof method === 'string') &&
    isJsonObject(params);
  if (!hasValidForm) return { error: errorMessage(null, -32_600, 'not a JSON-RPC 2.0 message') };
  return { message: { id: id as RequestId | undefined, method, params, whole } };
}

export function resultMessage(id: RequestId, result: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, result };
}

export function errorMessage(
  id: RequestId | null,
  code: number,
  message: string,
  data?: JsonObject,
): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

/**
 * A refusal that never reached an upstream, with a code of the error table. For a tool call it is a result, because
 * that is what a model reads and can act on.
 */
export function refusalMessage(id: RequestId, method: string, code: string, detail: string): JsonObject {
  const entry = Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : errors['server.internal'];
  const text = entry === errors['server.internal'] ? detail : entry.caller;
  const facts: JsonObject = { code, retryable: entry.retryable };
  if (method !== 'tools/call') return errorMessage(id, entry.jsonRpc, text, facts);
  return resultMessage(id, {
    resultType: 'complete',
    content: [{ type: 'text', text: `REFUSED ${code}: ${text}` }],
    isError: true,
    _meta: { 'countersign/refusal': facts },
  });
}

export function readMeta(params: JsonObject): JsonObject {
  return isJsonObject(params._meta) ? params._meta : {};
}

export function readObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
