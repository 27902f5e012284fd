import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import { isRequestId, nobody } from '../read-message.ts';
import { findSession, type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import type { LegacyNotification } from './read-legacy-message.ts';
import { type LegacySession, nameId, toClientSession } from './session.ts';
import { toOwnMessage } from './to-modern-message.ts';

const rootsChanged = 'notifications/roots/list_changed';
/** What these say is about this side of the gateway; progress of a client's own work is nothing that anybody follows. */
const own: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
]);

/** Serves a notification: accepted with 202 once the path has let it. */
export async function serveNotification(
  parts: LegacyRequestParts,
  message: LegacyNotification,
): Promise<void> {
  const reply = openPlainReply(parts);
  try {
    await parts.enter({
      ...parts.arrival,
      hungUp: new AbortController().signal,
      emit: () => {},
      translate: (token, scopes) => translate(parts, findSession(parts, token, scopes), message),
    });
    reply.finish(202, {}, null);
  } catch (thrown) {
    refuse(reply, toAppError(thrown), nobody);
  }
}

function translate(
  { context }: LegacyRequestParts,
  session: LegacySession,
  { method, params }: LegacyNotification,
): Message {
  if (method === rootsChanged) {
    const isProgram = context.upstreams.find(session.holder.upstream)?.kind === 'mcp-stdio';
    const message = toOwnMessage(method, () => null);
    if (!isProgram) return message;
    const { answerHere: _, ...sent } = message;
    return {
      ...sent,
      outgoing: { jsonrpc: '2.0', method },
      session: toClientSession(session, session.ended),
    };
  }
  if (!own.has(method)) throw new AppError('action.method_unknown');
  return toOwnMessage(method, () => {
    if (method === 'notifications/cancelled') cancel(session, params);
    return null;
  });
}

/** Only a call of this very session; one that is over already is no error. */
function cancel(session: LegacySession, { requestId }: JsonObject): void {
  if (isRequestId(requestId))
    session.calls.get(nameId(requestId))?.over.abort(new AppError('action.aborted'));
}
