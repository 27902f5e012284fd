import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { converseLegacy, hasRounds, type Rounds } from './converse-legacy.ts';
import { metaKeys } from './json-rpc.ts';
import { type Listen, listenLegacy } from './listen-legacy.ts';
import type { UpstreamReply, UpstreamRequest } from './live-upstream.ts';
import type { StdioSession } from './stdio-session.ts';
import { discoverLegacy, toLegacyParams, toModernError, toModernResult } from './translate-revision.ts';

const rootsChanged = 'notifications/roots/list_changed';

/** Carries one 2026-07-28 message to a legacy process and brings back what it answers, as 2026-07-28 says it. */
export async function sendLegacy(
  session: StdioSession,
  request: UpstreamRequest,
  listen: Listen,
): Promise<UpstreamReply> {
  const { id, method, params } = request.message;
  if (id === undefined || typeof method !== 'string') {
    // What else a client notifies of is about its own requests, which end here by other means.
    if (method === rootsChanged && request.session !== undefined) session.peer.notify(method);
    return { response: null, raw: null };
  }
  const reply = (answer: JsonObject): UpstreamReply => ({
    response: { jsonrpc: '2.0', id, ...answer },
    raw: null,
  });
  if (method === 'server/discover')
    return reply({ result: discoverLegacy(session.server, request.session !== undefined) });
  if (method === 'subscriptions/listen') return listenLegacy(session, request, listen);
  const token = readProgressToken(params);
  const stop = listen((notification) => {
    // Nothing in a log message says which call it is about, so it is passed on only when there is just one.
    const isLog = notification.method === 'notifications/message';
    if (isLog && session.peer.waiting === 1) request.onMessage(notification);
  });
  const onProgress = (progress: JsonObject): void => {
    if (token === undefined) return;
    const own = { ...progress, progressToken: token };
    request.onMessage({ jsonrpc: '2.0', method: 'notifications/progress', params: own });
  };
  try {
    await setLogLevel(session, request);
    const answer = await ask(session, request, (ownId) => toLegacyParams(params, ownId), onProgress);
    if ('inputRequests' in answer) {
      requireSize(answer.inputRequests, request.maxBytes);
      return reply({ result: { resultType: 'input_required', ...answer } });
    }
    if ('error' in answer) return reply({ error: toModernError(answer.error) });
    requireSize(answer.result, request.maxBytes);
    return reply({ result: toModernResult(method, answer.result, session.server) });
  } finally {
    stop();
  }
}

function ask(
  session: StdioSession,
  request: UpstreamRequest,
  params: (id: number) => JsonObject,
  onProgress: (progress: JsonObject) => void,
): Promise<Rounds> {
  if (hasRounds(request)) return converseLegacy(session, request, params, onProgress);
  const { message, signal, timeoutMilliseconds } = request;
  const method = String(message.method);
  return session.peer.request({ method, params, signal, timeoutMilliseconds, onProgress });
}

/** A request of 2026-07-28 carries its log level; a legacy server is told when it changes, if the client has it to itself. */
async function setLogLevel(
  session: StdioSession,
  { message, signal, ...request }: UpstreamRequest,
): Promise<void> {
  const meta = isJsonObject(message.params) ? message.params._meta : undefined;
  const level = isJsonObject(meta) ? meta[metaKeys.logLevel] : undefined;
  if (request.session === undefined || typeof level !== 'string' || level === session.logLevel) return;
  if (!isJsonObject(session.server.capabilities.logging)) return;
  session.logLevel = level;
  await session.peer.request({
    method: 'logging/setLevel',
    params: () => ({ level }),
    signal,
    timeoutMilliseconds: request.timeoutMilliseconds,
    onProgress: () => {},
  });
}

function readProgressToken(params: JsonObject[string] | undefined): string | number | undefined {
  const meta = isJsonObject(params) ? params._meta : undefined;
  const token = isJsonObject(meta) ? meta.progressToken : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

function requireSize(result: JsonObject, maxBytes: number): void {
  if (Buffer.byteLength(JSON.stringify(result)) > maxBytes) throw new AppError('upstream.result_too_large');
}
