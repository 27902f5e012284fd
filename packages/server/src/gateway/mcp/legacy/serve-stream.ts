import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import type { ActionScopes } from '../../../signals/index.ts';
import { everyUpstream } from '../../../upstreams/index.ts';
import { nobody } from '../read-message.ts';
import type { EventStream } from './event-log.ts';
import { findSession, type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import type { LegacySession } from './session.ts';
import { toLegacyNotification } from './to-legacy-message.ts';
import { toOwnMessage, toSubscription } from './to-modern-message.ts';

const everyList = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
const acknowledged = 'notifications/subscriptions/acknowledged';

/**
 * Serves GET: the session's own stream, or any stream of it from where the client lost it. On its own stream a client
 * hears what we have to say in any case, and of changed lists as far as a subscription is allowed to it.
 */
export async function serveStream(parts: LegacyRequestParts): Promise<void> {
  const { request, response, acceptsEvents, standing } = parts;
  const reply = openPlainReply(parts);
  const lastEventId = request.headers['last-event-id'];
  const gone = new AbortController();
  response.once('close', () => gone.abort(new AppError('action.aborted')));
  let opened: { readonly stream: EventStream; readonly scopes: ActionScopes } | undefined;
  let isAcknowledged = false;
  const open = (session: LegacySession, scopes: ActionScopes): Message => {
    // Nothing would ever say that a connection which is gone already has gone.
    if (response.destroyed) throw gone.signal.reason;
    const { own } = session.log;
    const { stream, after } =
      typeof lastEventId === 'string' ? session.log.find(lastEventId) : { stream: own, after: null };
    opened = { stream, scopes };
    stream.attach(response, standing(), after);
    return stream === own && parts.door !== everyUpstream
      ? toSubscription(session, '', everyList)
      : toOwnMessage('session/resume', () => null);
  };
  const hear = (message: JsonObject): void => {
    if (message.method === acknowledged) isAcknowledged = true;
    const seen = toLegacyNotification(message);
    if (seen !== null) opened?.stream.send(seen);
  };
  try {
    if (!acceptsEvents)
      throw new AppError('action.content_type_refused', { detail: 'accept text/event-stream' });
    await parts.follow({
      ...parts.arrival,
      hungUp: gone.signal,
      emit: hear,
      translate: (token, scopes) => open(findSession(parts, token, scopes), scopes),
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (opened === undefined) return refuse(reply, error, nobody);
    if (!leavesOpen(error)) return opened.stream.leave(response);
  }
  if (opened === undefined) return;
  // A client whose subscription the upstream ended comes back for another.
  if (isAcknowledged) opened.stream.leave(response);
  else watch(parts, opened.stream, opened.scopes);
}

/** What we have to say ourselves does not depend on whether the upstream may be listened to, or can. */
function leavesOpen({ code }: AppError): boolean {
  return code === 'action.denied' || code === 'action.not_in_limits' || code.startsWith('upstream.');
}

/** What ends the authority that a connection was opened with ends it also when it is no action in flight any more. */
function watch({ context, response }: LegacyRequestParts, stream: EventStream, scopes: ActionScopes): void {
  if (response.destroyed) return;
  try {
    const admission = context.stops.admit(scopes);
    admission.signal.addEventListener('abort', () => stream.leave(response), { once: true });
    response.once('close', () => admission.release());
  } catch {
    stream.leave(response);
  }
}

/** Serves DELETE: the client ends its session. */
export async function serveEnd(parts: LegacyRequestParts): Promise<void> {
  const reply = openPlainReply(parts);
  try {
    let session: LegacySession | undefined;
    await parts.enter({
      ...parts.arrival,
      hungUp: new AbortController().signal,
      emit: () => {},
      translate(token, scopes): Message {
        session = findSession(parts, token, scopes);
        return toOwnMessage('session/end', () => null);
      },
    });
    session?.end(new AppError('action.session_unknown'));
    reply.finish(204, {}, null);
  } catch (thrown) {
    refuse(reply, toAppError(thrown), nobody);
  }
}
