import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from '@countersign/core';

/** Every method that may pass; one that is not here is refused. */
export const peerMethods = [
  'SendMessage',
  'SendStreamingMessage',
  'GetTask',
  'ListTasks',
  'CancelTask',
  'SubscribeToTask',
] as const;
export type PeerMethod = (typeof peerMethods)[number];

/** One JSON-RPC request of A2A 1.0; everything in it is the caller's claim. */
export interface ReadRequest {
  readonly id: string | number | null;
  readonly method: PeerMethod;
  readonly params: JsonObject;
}

export const limits = { depth: 64, keys: 200_000 };
const pushMethod = /^(?:Create|Get|List|Delete)TaskPushNotificationConfigs?$/;

/** Hostile bytes. Throws `action.*`; `seen` is told the id as soon as it is known, so that a refusal can name it. */
export function readRequest(
  { headers }: Pick<IncomingMessage, 'headers'>,
  bytes: Uint8Array,
  seen: (id: ReadRequest['id']) => void,
): ReadRequest {
  const parsed = parseStrictJson(new TextDecoder('utf-8').decode(bytes), limits);
  if (!parsed.ok) throw new AppError('action.malformed', { detail: parsed.code });
  if (!isJsonObject(parsed.value) || parsed.value.jsonrpc !== '2.0')
    throw new AppError('action.malformed', { detail: 'not one JSON-RPC request' });
  const { id = null, method, params = {} } = parsed.value;
  if (!isId(id)) throw new AppError('action.malformed', { detail: 'id' });
  seen(id);
  requireVersion(headers);
  if (pushMethod.test(String(method))) throw new AppError('action.push_refused');
  const known = peerMethods.find((one) => one === method);
  if (known === undefined) throw new AppError('action.method_unknown');
  if (!isJsonObject(params)) throw new AppError('action.arguments_invalid', { detail: 'params' });
  return { id, method: known, params };
}

/** Throws `action.protocol_unsupported`. */
export function requireVersion({ 'a2a-version': version = '' }: IncomingMessage['headers']): void {
  // An empty one means 0.3 (section 3.6.2), whose messages look otherwise.
  if (!/^1\.\d{1,4}$/.test(String(version))) throw new AppError('action.protocol_unsupported');
}

function isId(id: JsonValue): id is string | number | null {
  return id === null || Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= 256);
}
