import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { limits, type ReadRequest, requireVersion } from './read-request.ts';

/** One request as it came; everything in it is the caller's claim. */
export interface RestRequest {
  readonly method: string;
  /** Below the peer's own address, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

const mostQuery = 2_048;
const textParameters = ['contextId', 'status', 'pageToken'] as const;
const countParameters = ['pageSize', 'historyLength'] as const;

/** The HTTP+JSON binding of A2A 1.0 (section 11.3) in the words of the other one. Throws `action.*`. */
export function readRestRequest(request: RestRequest): ReadRequest {
  requireVersion(request.headers);
  const { method, path } = request;
  if (/^\/tasks\/[^/]*\/pushNotificationConfigs(?:\/|$)/.test(path))
    throw new AppError('action.push_refused');
  if (path === '/message:send' || path === '/message:stream') {
    requireMethod(method, 'POST');
    const name = path === '/message:send' ? 'SendMessage' : 'SendStreamingMessage';
    return { id: null, method: name, params: readBody(request.body) };
  }
  if (path === '/tasks') {
    requireMethod(method, 'GET');
    return { id: null, method: 'ListTasks', params: readQuery(request.query) };
  }
  const [, id = '', verb] = /^\/tasks\/([\w-]{1,64})(:cancel|:subscribe)?$/.exec(path) ?? [];
  // An id that nobody could have been given is no other answer than one that nobody was.
  if (id === '')
    throw new AppError(path.startsWith('/tasks/') ? 'action.task_unknown' : 'action.method_unknown');
  if (verb === ':cancel') {
    requireMethod(method, 'POST');
    return { id: null, method: 'CancelTask', params: { id } };
  }
  if (verb === ':subscribe') {
    requireMethod(method, 'POST', 'GET');
    return { id: null, method: 'SubscribeToTask', params: { id } };
  }
  requireMethod(method, 'GET');
  return { id: null, method: 'GetTask', params: { ...readQuery(request.query), id } };
}

function requireMethod(method: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(method))
    throw new AppError('action.http_method_refused', { headers: { allow: allowed.join(', ') } });
}

function readBody(bytes: Uint8Array): JsonObject {
  const parsed = parseStrictJson(new TextDecoder('utf-8').decode(bytes), limits);
  if (!parsed.ok) throw new AppError('action.malformed', { detail: parsed.code });
  if (!isJsonObject(parsed.value)) throw new AppError('action.malformed', { detail: 'not an object' });
  return parsed.value;
}

/** What is known of a query; the rest is not looked at. */
function readQuery(query: string): JsonObject {
  if (query.length > mostQuery) throw new AppError('action.arguments_invalid', { detail: 'query' });
  const given = new URLSearchParams(query);
  const params: { [name: string]: string | number } = {};
  for (const name of textParameters) {
    const value = given.get(name);
    if (value !== null && value !== '') params[name] = value;
  }
  for (const name of countParameters) {
    const value = given.get(name);
    if (value === null) continue;
    if (!/^\d{1,6}$/.test(value)) throw new AppError('action.arguments_invalid', { detail: name });
    params[name] = Number(value);
  }
  return params;
}
