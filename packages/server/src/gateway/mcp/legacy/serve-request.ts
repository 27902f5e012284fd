import { AppError, toAppError } from '@countersign/api';
import type { Message } from '../../../actions/index.ts';
import type { ActionScopes } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import { everyUpstream } from '../../../upstreams/index.ts';
import { gatherList } from '../aggregate/gather-list.ts';
import { requireAddressed } from '../aggregate/require-addressed.ts';
import { routeParams } from '../aggregate/route-message.ts';
import { openCallReply } from './call-reply.ts';
import { carryOn } from './carry-on.ts';
import { demandConnection } from './demand-connection.ts';
import { emitNotification } from './emit-notification.ts';
import { findSession, type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import { type OpenCall, openCall } from './open-call.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import { serveSubscribe } from './serve-subscribe.ts';
import type { LegacySession } from './session.ts';
import { toModernMessage, toOwnMessage } from './to-modern-message.ts';

const logLevels: ReadonlySet<unknown> = new Set([
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]);

/** Serves one request of a session: its own requests here, all others by the upstream. */
export function serveRequest(parts: LegacyRequestParts, request: LegacyRequest): Promise<void> {
  switch (request.method) {
    case 'ping':
      return serveOwn(parts, request, () => {});
    case 'logging/setLevel':
      return serveOwn(parts, request, (session) => {
        const { level } = request.params;
        if (!logLevels.has(level))
          throw new AppError('action.meta_invalid', { detail: 'params.level is no level' });
        session.logLevel = String(level);
      });
    case 'resources/unsubscribe':
      return serveOwn(parts, request, (session) => {
        session.subscriptions.get(String(request.params.uri))?.abort(new AppError('action.aborted'));
      });
    case 'resources/subscribe':
      return serveSubscribe(parts, request);
    default:
      return serveCall(parts, request);
  }
}

/** What concerns the session alone: it takes effect when the path has let it. */
async function serveOwn(
  parts: LegacyRequestParts,
  request: LegacyRequest,
  act: (session: LegacySession) => void,
): Promise<void> {
  const reply = openPlainReply(parts);
  try {
    const outcome = await parts.enter({
      ...parts.arrival,
      hungUp: new AbortController().signal,
      emit: () => {},
      translate(token, scopes): Message {
        const session = findSession(parts, token, scopes);
        return toOwnMessage(request.method, () => {
          act(session);
          return { jsonrpc: '2.0', id: request.id, result: {} };
        });
      },
    });
    if (outcome.kind !== 'completed') throw new AppError('action.pending');
    reply.finish(200, {}, JSON.stringify(outcome.response));
  } catch (thrown) {
    refuse(reply, toAppError(thrown), request);
  }
}

/** Where all upstreams are behind one address, the name says which one is meant. */
function route(
  parts: LegacyRequestParts,
  request: LegacyRequest,
): { readonly parts: LegacyRequestParts; readonly request: LegacyRequest } {
  if (parts.door !== everyUpstream) return { parts, request };
  const routed = routeParams(parts.context, request.method, request.params);
  if (routed === undefined) return { parts, request };
  const arrival = { ...parts.arrival, upstream: routed.upstream };
  return { parts: { ...parts, arrival }, request: { ...request, params: routed.params } };
}

function translateCall(
  { context, arrival, follow }: LegacyRequestParts,
  session: LegacySession,
  request: LegacyRequest,
  caller: PresentedToken,
  over: AbortSignal,
): Message {
  requireAddressed(arrival.upstream, request.method);
  const message = toModernMessage(session, request, over);
  if (arrival.upstream !== everyUpstream) return message;
  return gatherList({ context, caller, arrival, hungUp: over, follow }, message);
}

/** A client that goes away has not cancelled (MCP 2025-11-25, Streamable HTTP): only its own word ends a call. */
async function serveCall(given: LegacyRequestParts, asked: LegacyRequest): Promise<void> {
  const { parts, request } = route(given, asked);
  const { response, arrival, acceptsEvents, standing } = parts;
  const over = new AbortController();
  let call: OpenCall | undefined;
  let session: LegacySession | undefined;
  const reply = openCallReply(response, acceptsEvents, standing, () => {
    if (session === undefined) throw new AppError('server.internal');
    return session.log.open();
  });
  const start = (token: PresentedToken, scopes: ActionScopes): Message => {
    session = findSession(parts, token, scopes);
    const message = translateCall(parts, session, request, token, over.signal);
    const refuseLater = (error: AppError) => {
      refuse(reply, error, request);
      call?.close();
    };
    const { receivedAt } = arrival;
    call = openCall({
      session,
      request,
      reply,
      over,
      receivedAt,
      upstream: arrival.upstream,
      caller: token,
      message,
      refuse: refuseLater,
    });
    return message;
  };
  try {
    const outcome = await parts.enter({
      ...arrival,
      hungUp: over.signal,
      emit: (message) => emitNotification(reply.emit, message),
      translate: start,
    });
    if (call === undefined) throw new AppError('server.internal');
    await carryOn(parts, call, outcome);
  } catch (thrown) {
    const error = toAppError(thrown);
    const demand = demandConnection(error, session, request, arrival.id);
    if (demand === undefined) refuse(reply, error, request);
    else reply.finish(200, {}, JSON.stringify(demand));
    call?.close();
  }
}
