import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import { everyUpstream } from '../../../upstreams/index.ts';
import { findSession, type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import type { LegacySession } from './session.ts';
import { toLegacyNotification } from './to-legacy-message.ts';
import { toOwnMessage, toSubscription } from './to-modern-message.ts';

const mostSubscriptions = 16;
const acknowledgedMilliseconds = 10_000;
const acknowledged = 'notifications/subscriptions/acknowledged';

/**
 * `resources/subscribe`: a subscription of 2026-07-28 that stays open in the path until the client unsubscribes, its
 * authority ends or the session does. Answered once the upstream has acknowledged it; updates go to the session's stream.
 */
export async function serveSubscribe(parts: LegacyRequestParts, request: LegacyRequest): Promise<void> {
  const reply = openPlainReply(parts);
  const over = new AbortController();
  let session: LegacySession | undefined;
  let isAnswered = false;
  const answer = (): void => {
    if (isAnswered) return;
    isAnswered = true;
    clearTimeout(timer);
    reply.finish(200, {}, JSON.stringify({ jsonrpc: '2.0', id: request.id, result: {} }));
  };
  const timer = setTimeout(() => over.abort(new AppError('upstream.timed_out')), acknowledgedMilliseconds);
  const hear = (message: JsonObject): void => {
    if (message.method === acknowledged) {
      if (accepts(message, String(request.params.uri))) answer();
      else over.abort(new AppError('action.resource_unknown'));
      return;
    }
    const seen = toLegacyNotification(message);
    if (isAnswered && seen !== null) session?.log.own.send(seen);
  };
  try {
    await parts.follow({
      ...parts.arrival,
      hungUp: over.signal,
      emit: hear,
      translate(token, scopes): Message {
        session = findSession(parts, token, scopes);
        return subscribe(session, request, over);
      },
    });
    answer();
  } catch (thrown) {
    if (!isAnswered) refuse(reply, toAppError(thrown), request);
  } finally {
    clearTimeout(timer);
    forget(session, over);
  }
}

function subscribe(
  session: LegacySession,
  { method, params }: LegacyRequest,
  over: AbortController,
): Message {
  if (session.holder.upstream === everyUpstream) throw new AppError('action.method_unknown');
  const { uri } = params;
  if (typeof uri !== 'string')
    throw new AppError('action.meta_invalid', { detail: 'params.uri must be a string' });
  if (session.subscriptions.has(uri)) return toOwnMessage(method, () => null);
  if (session.subscriptions.size >= mostSubscriptions) throw new AppError('action.session_full');
  session.subscriptions.set(uri, over);
  session.ended.addEventListener('abort', () => over.abort(session.ended.reason), {
    once: true,
    signal: over.signal,
  });
  return toSubscription(session, uri, { resourceSubscriptions: [uri] });
}

function forget(session: LegacySession | undefined, over: AbortController): void {
  for (const [uri, one] of session?.subscriptions ?? []) if (one === over) session?.subscriptions.delete(uri);
}

function accepts({ params }: JsonObject, uri: string): boolean {
  const accepted = isJsonObject(params) && isJsonObject(params.notifications) ? params.notifications : {};
  const { resourceSubscriptions } = accepted;
  return Array.isArray(resourceSubscriptions) && resourceSubscriptions.includes(uri);
}
