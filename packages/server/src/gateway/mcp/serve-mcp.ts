import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { handleAction } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { everyUpstream } from '../../upstreams/index.ts';
import { ApprovalTasks } from './approval-tasks.ts';
import { createSlots, type Slots } from './call-slots.ts';
import { isLegacyRequest } from './legacy/is-legacy-request.ts';
import { serveLegacy } from './legacy/serve-legacy.ts';
import { createSessions, type Sessions } from './legacy/sessions.ts';
import { readBody } from './read-body.ts';
import { findMethod, nobody } from './read-message.ts';
import { openReply } from './reply-stream.ts';
import { type Call, describeArrival, serveCall, writeRefusal } from './serve-call.ts';

export const mostMessageBytes = 4 * 1024 * 1024;
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
  const tasks = new ApprovalTasks(context);
  return async (request, response) => {
    const standing = () => ({ 'dpop-nonce': context.tokens.nextNonce() });
    const acceptsEvents = (request.headers.accept ?? '').includes('text/event-stream');
    const reply = openReply(response, acceptsEvents, standing);
    try {
      const door = checkAddress(request, origin);
      const call = { request, response, reply, door, acceptsEvents };
      const rest = await slots.run(async () => {
        const read = request.method === 'POST' ? await readPost(request) : nothing;
        const isLegacy = isLegacyRequest(request, () => findMethod(read));
        requireHttpMethod(request, isLegacy ? legacyHttpMethods : httpMethods);
        return isLegacy
          ? () => serveSession(context, sessions, slots, call, read)
          : serveCall({ context, slots, tasks }, call, read);
      });
      // Waits for people and clients are long, so only the ways through the path count.
      await rest?.();
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
