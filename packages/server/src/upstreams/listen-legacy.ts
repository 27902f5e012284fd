import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { metaKeys } from './json-rpc.ts';
import type { UpstreamRequest } from './live-upstream.ts';
import type { StdioSession } from './stdio-session.ts';

/** Hears the notifications of one process. */
export type Listen = (listener: (message: JsonObject) => void) => () => void;

const mostResources = 100;
const longestTimerMilliseconds = 2_147_483_647;
const listChanges = [
  ['toolsListChanged', 'tools', 'notifications/tools/list_changed'],
  ['promptsListChanged', 'prompts', 'notifications/prompts/list_changed'],
  ['resourcesListChanged', 'resources', 'notifications/resources/list_changed'],
] as const;

/**
 * `subscriptions/listen` in front of a legacy server: acknowledges what the server can notify of, passes on that and
 * nothing else, and ends with the caller, the deadline or the process.
 */
export async function listenLegacy(
  session: StdioSession,
  request: UpstreamRequest,
  listen: Listen,
): Promise<never> {
  const { message, signal } = request;
  const wanted = readFilter(message);
  const methods = new Set<JsonValue>();
  const accepted: { [name: string]: JsonValue } = {};
  for (const [name, capability, method] of listChanges) {
    if (wanted[name] !== true || !hasCapability(session, capability, 'listChanged')) continue;
    accepted[name] = true;
    methods.add(method);
  }
  const resources = hasCapability(session, 'resources', 'subscribe') ? readResources(wanted) : [];
  for (const uri of resources) await ask(session, 'resources/subscribe', uri, request);
  if (resources.length > 0) accepted.resourceSubscriptions = resources;
  const say = (method: JsonValue, params: JsonObject): void => {
    const _meta = {
      ...(isJsonObject(params._meta) ? params._meta : {}),
      [metaKeys.subscriptionId]: message.id ?? null,
    };
    request.onMessage({ jsonrpc: '2.0', method, params: { ...params, _meta } });
  };
  say('notifications/subscriptions/acknowledged', { notifications: accepted });
  const stop = listen((notification) => {
    const { method = null } = notification;
    const params = isJsonObject(notification.params) ? notification.params : {};
    const isUpdate = method === 'notifications/resources/updated' && resources.includes(String(params.uri));
    if (isUpdate || methods.has(method)) say(method, params);
  });
  try {
    return await untilEnd(session, signal, request.timeoutMilliseconds);
  } finally {
    stop();
    for (const uri of resources) ask(session, 'resources/unsubscribe', uri, request).catch(() => {});
  }
}

function readFilter(message: JsonObject): JsonObject {
  const params = isJsonObject(message.params) ? message.params : {};
  return isJsonObject(params.notifications) ? params.notifications : {};
}

function readResources(wanted: JsonObject): readonly string[] {
  const uris = Array.isArray(wanted.resourceSubscriptions) ? wanted.resourceSubscriptions : [];
  return [...new Set(uris.filter((uri) => typeof uri === 'string'))].slice(0, mostResources);
}

function hasCapability(session: StdioSession, name: string, feature: string): boolean {
  const capability = session.server.capabilities[name];
  return isJsonObject(capability) && capability[feature] === true;
}

async function ask(
  session: StdioSession,
  method: string,
  uri: string,
  request: UpstreamRequest,
): Promise<void> {
  const signal = method === 'resources/subscribe' ? request.signal : new AbortController().signal;
  const answer = await session.peer.request({
    method,
    params: () => ({ uri }),
    signal,
    timeoutMilliseconds: 10_000,
    onProgress: () => {},
  });
  if ('error' in answer)
    throw new AppError('upstream.failed', { detail: 'a resource cannot be subscribed to' });
}

function untilEnd(session: StdioSession, signal: AbortSignal, timeoutMilliseconds: number): Promise<never> {
  return new Promise((_, reject) => {
    const either = AbortSignal.any([signal, session.ended]);
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      reject(either.reason);
    };
    if (timeoutMilliseconds <= longestTimerMilliseconds) {
      timer = setTimeout(() => {
        either.removeEventListener('abort', stop);
        reject(new AppError('upstream.timed_out'));
      }, timeoutMilliseconds);
    }
    if (either.aborted) stop();
    else either.addEventListener('abort', stop, { once: true });
  });
}
