import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { type Listen, listenLegacy } from './listen-legacy.ts';
import type { UpstreamReply, UpstreamRequest } from './live-upstream.ts';
import type { StdioSession } from './stdio-session.ts';
import { discoverLegacy, toLegacyParams, toModernError, toModernResult } from './translate-revision.ts';

/** Carries one 2026-07-28 message to a legacy process and brings back what it answers, as 2026-07-28 says it. */
export async function sendLegacy(
  session: StdioSession,
  request: UpstreamRequest,
  listen: Listen,
): Promise<UpstreamReply> {
  const { id, method, params } = request.message;
  // What a client notifies of is about its own requests, which end here by other means.
  if (id === undefined || typeof method !== 'string') return { response: null, raw: null };
  const reply = (answer: JsonObject): UpstreamReply => ({
    response: { jsonrpc: '2.0', id, ...answer },
    raw: null,
  });
  if (method === 'server/discover') return reply({ result: discoverLegacy(session.server) });
  if (method === 'subscriptions/listen') return listenLegacy(session, request, listen);
  const token = readProgressToken(params);
  const stop = listen((notification) => {
    // Nothing in a log message says which call it is about, so it is passed on only when there is just one.
    const isLog = notification.method === 'notifications/message';
    if (isLog && session.peer.waiting === 1) request.onMessage(notification);
  });
  try {
    const answer = await session.peer.request({
      method,
      params: (ownId) => toLegacyParams(params, ownId),
      signal: request.signal,
      timeoutMilliseconds: request.timeoutMilliseconds,
      onProgress(progress) {
        if (token === undefined) return;
        const own = { ...progress, progressToken: token };
        request.onMessage({ jsonrpc: '2.0', method: 'notifications/progress', params: own });
      },
    });
    if ('error' in answer) return reply({ error: toModernError(answer.error) });
    requireSize(answer.result, request.maxBytes);
    return reply({ result: toModernResult(method, answer.result, session.server) });
  } finally {
    stop();
  }
}

function readProgressToken(params: JsonObject[string] | undefined): string | number | undefined {
  const meta = isJsonObject(params) ? params._meta : undefined;
  const token = isJsonObject(meta) ? meta.progressToken : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

function requireSize(result: JsonObject, maxBytes: number): void {
  if (Buffer.byteLength(JSON.stringify(result)) > maxBytes) throw new AppError('upstream.result_too_large');
}
