import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import type { ActionScopes } from '../../../signals/index.ts';
import { nobody } from '../read-message.ts';
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
  let session: LegacySession | undefined;
  let isAcknowledged = false;
  const hear = (message: JsonObject): void => {
    if (message.method === acknowledged) isAcknowledged = true;
    const seen = toLegacyNotification(message);
    if (seen !== null) session?.log.own.send(seen);
  };
  const open = (found: LegacySession, scopes: ActionScopes): Message => {
    // Nothing would ever say that a connection which is gone already has gone.
    if (response.destroyed) throw gone.signal.reason;
    endWith(parts, scopes);
    if (typeof lastEventId !== 'string') {
      session = found;
      found.log.own.attach(response, standing(), null);
      return toSubscription(found, '', everyList);
    }
    const { stream, after } = found.log.find(lastEventId);
    session = found;
    stream.attach(response, standing(), after);
    if (stream === found.log.own) return toSubscription(found, '', everyList);
    return toOwnMessage('session/resume', () => null);
  };
  try {
    if (!acceptsEvents)
      throw new AppError('action.content_type_refused', { detail: 'accept text/event-stream' });
    await parts.follow({
      ...parts.arrival,
      hungUp: gone.signal,
      emit: hear,
      translate: (token, scopes) => open(findSession(parts, token), scopes),
    });
    if (isAcknowledged) response.end();
  } catch (thrown) {
    // Once it is open the stream outlives a refused subscription; the session's end ends it.
    if (session === undefined) refuse(reply, toAppError(thrown), nobody);
    else if (isAcknowledged) response.end();
  }
}

/** What ends the authority that a connection was opened with ends the connection, whatever else goes on in it. */
function endWith({ context, response }: LegacyRequestParts, scopes: ActionScopes): void {
  const admission = context.stops.admit(scopes);
  admission.signal.addEventListener('abort', () => response.end(), { once: true });
  response.once('close', () => admission.release());
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
      translate(token): Message {
        session = findSession(parts, token);
        return toOwnMessage('session/end', () => null);
      },
    });
    session?.end(new AppError('action.session_unknown'));
    reply.finish(204, {}, null);
  } catch (thrown) {
    refuse(reply, toAppError(thrown), nobody);
  }
}
