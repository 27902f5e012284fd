import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { capabilitiesKey, checkHeaders } from './check-headers.ts';
import { governedMethods } from './governed-methods.ts';

/** A JSON-RPC message whose form, headers and method were checked; its contents are still the caller's claims. */
export interface ReadMessage {
  readonly id: string | number | null;
  readonly method: string;
  readonly isNotification: boolean;
  readonly params: JsonObject;
  readonly meta: JsonObject;
  readonly capabilities: JsonObject;
  /** Tool, prompt, resource or task name, if the method names one. */
  readonly name: string | undefined;
}

export const messageLimits = { depth: 64, keys: 20_000, stringLength: 4_194_304 };
const empty: JsonObject = {};

/** Who a refusal answers: known as soon as the JSON could be read, whatever else is wrong. */
export interface Addressee {
  readonly id: string | number | null;
  readonly method: string | null;
}

export const nobody: Addressee = { id: null, method: null };

/** Hostile input: the bytes are the caller's. Throws `action.*`; `address` hears first whom to answer. */
export function readMessage(
  headers: IncomingHttpHeaders,
  bytes: Uint8Array,
  address: (addressee: Addressee) => void,
): ReadMessage {
  const body = parseBody(bytes);
  const { id, method } = body;
  address({ id: isRequestId(id) ? id : null, method: typeof method === 'string' ? method : null });
  if (body.jsonrpc !== '2.0' || typeof method !== 'string' || method.length > 128)
    throw malformed('not a JSON-RPC 2.0 request');
  const isNotification = id === undefined;
  if (!isNotification && !isRequestId(id)) throw malformed('the id must be a string or a whole number');
  if (body.params !== undefined && !isJsonObject(body.params)) throw malformed('params must be an object');
  const params = body.params ?? empty;
  const meta = isJsonObject(params._meta) ? params._meta : undefined;
  const governed = governedMethods.get(method);
  const name = governed?.nameField === undefined ? undefined : params[governed.nameField];
  const claimed = { method, isNotification, name: typeof name === 'string' ? name : undefined, meta };
  checkHeaders(headers, claimed);
  if (governed === undefined || (governed.kind === 'notification') !== isNotification)
    throw new AppError('action.method_unknown');
  if (governed.nameField !== undefined && typeof name !== 'string') {
    throw new AppError('action.meta_invalid', { detail: `params.${governed.nameField} must be a string` });
  }
  const capabilities = meta?.[capabilitiesKey];
  if (!isNotification && !isJsonObject(capabilities)) {
    throw new AppError('action.meta_invalid', { detail: `_meta lacks ${capabilitiesKey}` });
  }
  return {
    ...claimed,
    id: isRequestId(id) ? id : null,
    params,
    meta: meta ?? empty,
    capabilities: isJsonObject(capabilities) ? capabilities : empty,
  };
}

/** The method a body names; null when it names none or cannot be read. Nothing is judged by it but who judges. */
export function findMethod(bytes: Uint8Array): string | null {
  try {
    const { method } = parseBody(bytes);
    return typeof method === 'string' ? method : null;
  } catch {
    return null;
  }
}

/** Throws `action.malformed` for anything but one JSON object, `action.too_large` beyond the limits. */
export function parseBody(bytes: Uint8Array): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('not UTF-8');
  }
  const parsed = parseStrictJson(text, messageLimits);
  if (!parsed.ok) {
    if (parsed.code === 'too_deep' || parsed.code === 'too_large')
      throw new AppError('action.too_large', { detail: parsed.code });
    throw malformed(`${parsed.code} at ${parsed.at}`);
  }
  if (!isJsonObject(parsed.value)) throw malformed('one message a request, no batches');
  return parsed.value;
}

export function isRequestId(id: unknown): id is string | number {
  return typeof id === 'string' ? id.length <= 256 : typeof id === 'number' && Number.isSafeInteger(id);
}

function malformed(detail: string): AppError {
  return new AppError('action.malformed', { detail });
}
