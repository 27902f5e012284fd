import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { type Attempt, handleAction } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { type PresentedToken, upstreamResource } from '../../tokens/index.ts';
import { everyUpstream } from '../../upstreams/index.ts';
import { exposeReply } from './aggregate/expose-reply.ts';
import { gatherList } from './aggregate/gather-list.ts';
import { routeMessage } from './aggregate/route-message.ts';
import { createSlots, type Slots } from './call-slots.ts';
import { elicitConnection } from './elicit-connection.ts';
import { listHeaderValues } from './header-values.ts';
import { isLegacyRequest } from './legacy/is-legacy-request.ts';
import { serveLegacy } from './legacy/serve-legacy.ts';
import { createSessions, type Sessions } from './legacy/sessions.ts';
import { pendingReply } from './pending-reply.ts';
import { readBody } from './read-body.ts';
import { type Addressee, findMethod, nobody, type ReadMessage, readMessage } from './read-message.ts';
import { refusalReply } from './refusal-reply.ts';
import { openReply, type ReplyStream } from './reply-stream.ts';
import { translateMessage } from './translate-message.ts';
import { translateReply } from './translate-reply.ts';
import { waitForApproval } from './wait-for-approval.ts';

export const mostMessageBytes = 4 * 1024 * 1024;
const methodUnknown = -32601;
const formErrors = new Set([-32020, -32021, -32022]);
const path = /^\/mcp(?:\/([a-z][a-z0-9-]{0,62}))?$/;

/**
 * Serves `/mcp/<upstream>`, and `/mcp` for all upstreams together, in MCP revision 2026-07-28 and, side by side, in those that have sessions: translates, enters
 * the path, translates back, decides nothing.
 */
export function createMcpDoor(
  context: Context,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const origin = new URL(context.config.server.publicUrl).origin;
  const slots = createSlots(context.config.server.maxConcurrentCalls);
  const sessions = createSessions(context);
  return async (request, response) => {
    const standing = () => ({ 'dpop-nonce': context.tokens.nextNonce() });
    const accepts = (request.headers.accept ?? '').includes('text/event-stream');
    const reply = openReply(response, accepts, standing);
    try {
      const door = checkAddress(request, origin);
      const call = { request, response, reply, door };
      const bytes = await slots.run(async () => {
        const read = request.method === 'POST' ? await readPost(request) : nothing;
        const isLegacy = isLegacyRequest(request, () => findMethod(read));
        requireHttpMethod(request, isLegacy ? legacyHttpMethods : httpMethods);
        if (isLegacy) return read;
        await serveCall(context, call, read);
        return undefined;
      });
      // Its waits for people and clients are long, so only its ways through the path count.
      if (bytes !== undefined) await serveSession(context, sessions, slots, call, bytes);
    } catch (thrown) {
      writeRefusal(reply, toAppError(thrown), nobody);
    }
  };
}

const nothing = new Uint8Array();
const httpMethods = ['POST'];
const legacyHttpMethods = ['DELETE', 'GET', 'POST'];

function requireHttpMethod({ method = '' }: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  throw new AppError('action.http_method_refused', { headers: { allow: allowed.join(', ') } });
}

function checkAddress(request: IncomingMessage, origin: string): string {
  const found = path.exec(request.url ?? '');
  if (found === null) throw new AppError('upstream.not_found');
  const { origin: from } = request.headers;
  if (from !== undefined && from !== origin) throw new AppError('action.origin_refused');
  return found[1] ?? everyUpstream;
}

function readPost(request: IncomingMessage): Promise<Uint8Array> {
  const { 'content-type': type = '' } = request.headers;
  if (!/^application\/json(?:\s*;|$)/i.test(type)) throw new AppError('action.content_type_refused');
  return readBody(request, mostMessageBytes);
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: ReplyStream;
  /** The upstream behind the address, or `everyUpstream`. */
  readonly door: string;
}

function serveSession(
  context: Context,
  sessions: Sessions,
  slots: Slots,
  { request, response, door }: Call,
  bytes: Uint8Array,
): Promise<void> {
  return serveLegacy(
    {
      context,
      sessions,
      request,
      response,
      door,
      arrival: describeArrival(context, request, door, door),
      acceptsEvents: (request.headers.accept ?? '').includes('text/event-stream'),
      standing: () => ({ 'dpop-nonce': context.tokens.nextNonce() }),
      enter: (attempt) => slots.run(() => handleAction(context, attempt)),
      follow: (attempt) => handleAction(context, attempt),
    },
    bytes,
  );
}

async function serveCall(
  context: Context,
  { request, response, reply, door }: Call,
  bytes: Uint8Array,
): Promise<void> {
  const hangUp = new AbortController();
  const onClose = () => hangUp.abort(new AppError('action.aborted'));
  response.once('close', onClose);
  const read = readOnce(request, bytes);
  let routed: { readonly upstream: string; readonly message?: ReadMessage } = { upstream: door };
  let caller: PresentedToken | undefined;
  try {
    const early = read.peek();
    if (early !== undefined && door === everyUpstream) routed = routeMessage(context, early);
    const { upstream } = routed;
    const getMessage = () => routed.message ?? read.get();
    if (early !== undefined) await waitForApproval(context, upstream, getMessage(), hangUp.signal);
    const arrival = describeArrival(context, request, door, upstream);
    const follow = (attempt: Attempt) => handleAction(context, attempt);
    const outcome = await handleAction(context, {
      ...arrival,
      hungUp: hangUp.signal,
      emit: reply.emit,
      translate(token) {
        caller = token;
        const message = translateMessage(context, upstream, getMessage(), request.headers, token);
        if (upstream !== everyUpstream) return message;
        return gatherList({ context, caller: token, arrival, hungUp: hangUp.signal, follow }, message);
      },
    });
    if (caller === undefined) throw new AppError('server.internal');
    if (outcome.kind === 'pending') {
      reply.finish(200, {}, JSON.stringify(pendingReply(context, upstream, getMessage(), caller, outcome)));
    } else if (outcome.response === null) {
      reply.finish(202, {}, null);
    } else {
      const { response: answer, obligations } = outcome;
      const translated = translateReply(context, upstream, getMessage(), caller, answer, obligations);
      const message = exposeReply(door, upstream, translated);
      const text = message === answer ? outcome.raw : null;
      reply.finish(statusOf(message), {}, text ?? JSON.stringify(message));
    }
  } catch (thrown) {
    const error = toAppError(thrown);
    const asked = elicitConnection(error, read.peek());
    if (asked === undefined) writeRefusal(reply, error, read.addressee());
    else reply.finish(200, {}, JSON.stringify(asked));
  } finally {
    response.removeListener('close', onClose);
  }
}

function describeArrival(context: Context, request: IncomingMessage, door: string, upstream: string) {
  // From the configured URL: the Host header is the caller's to choose.
  const url = upstreamResource(context.config.server.publicUrl, door);
  const credentials = {
    authorization: listHeaderValues(request.rawHeaders, 'authorization'),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
    method: request.method ?? '',
    url,
    audience: url,
  };
  const id = context.platform.newId('act');
  return {
    id,
    front: 'mcp',
    upstream,
    receivedAt: context.platform.now(),
    credentials,
  } as const satisfies Partial<Attempt>;
}

/** Parses at most once; a message that cannot be read is refused inside the path, where the caller is known. */
function readOnce(request: IncomingMessage, bytes: Uint8Array) {
  let result: { read: ReadMessage } | { error: AppError } | undefined;
  let addressee = nobody;
  const parse = () => {
    if (result === undefined) {
      try {
        result = {
          read: readMessage(request.headers, bytes, (found) => {
            addressee = found;
          }),
        };
      } catch (thrown) {
        result = { error: toAppError(thrown) };
      }
    }
    return result;
  };
  return {
    addressee(): Addressee {
      parse();
      return addressee;
    },
    peek(): ReadMessage | undefined {
      const parsed = parse();
      return 'read' in parsed ? parsed.read : undefined;
    },
    get(): ReadMessage {
      const parsed = parse();
      if ('error' in parsed) throw parsed.error;
      return parsed.read;
    },
  };
}

function writeRefusal(reply: ReplyStream, error: AppError, request: Addressee): void {
  const { status, headers, message } = refusalReply(error, request);
  reply.finish(status, headers, message === null ? null : JSON.stringify(message));
}

/** The statuses that revision 2026-07-28 demands for its own errors, whoever found them. */
function statusOf({ error }: JsonObject): number {
  if (!isJsonObject(error)) return 200;
  if (error.code === methodUnknown) return 404;
  return typeof error.code === 'number' && formErrors.has(error.code) ? 400 : 200;
}
