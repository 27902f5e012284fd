import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import { handleAction } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { peerResource, upstreamResource } from '../../tokens/index.ts';
import { readTraceparent } from '../http/index.ts';
import { createSlots } from '../mcp/call-slots.ts';
import { listHeaderValues } from '../mcp/header-values.ts';
import { readBody } from '../mcp/read-body.ts';
import { ApprovedCalls } from './approved-calls.ts';
import { jsonRpcBinding, restBinding } from './binding.ts';
import { describeCard } from './describe-card.ts';
import { PeerTasks } from './peer-tasks.ts';
import { type ReadRequest, readRequest } from './read-request.ts';
import { readRestRequest } from './read-rest-request.ts';
import { serveOwnCard } from './serve-own-card.ts';
import { type Arrived, serveRequest } from './serve-request.ts';
import { openReply } from './write-reply.ts';

const mostMessageBytes = 4 * 1024 * 1024;
const address = /^\/a2a\/([a-z][a-z0-9-]{0,62})(\/[^?]*)?(?:\?(.*))?$/;
const cardPath = '/.well-known/agent-card.json';

/** Of an agent of ours; no upstream is called so. */
const ownCard = /^\/a2a\/(agt_[0-9A-Za-z]{26})\/\.well-known\/agent-card\.json$/;

export function isForPeers(url: string): boolean {
  return url.startsWith('/a2a/');
}

/**
 * Serves `/a2a/<upstream>` (A2A 1.0): JSON-RPC at that very address, HTTP+JSON below it. Makes a request an action, enters the path, makes its outcome an answer,
 * decides nothing.
 */
export function createPeersDoor(
  context: Context,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const origin = new URL(context.config.server.publicUrl).origin;
  const slots = createSlots(context.config.server.maxConcurrentCalls);
  const parts = { context, slots, tasks: new PeerTasks(context), approved: new ApprovedCalls(context) };
  return async (request, response) => {
    const standing = () => ({ 'dpop-nonce': context.tokens.nextNonce() });
    let binding: Arrived['binding'] = jsonRpcBinding;
    response.on('error', () => {});
    response.once('finish', () => {
      // Nobody reads the rest of a body that was refused.
      if (!request.complete) request.destroy();
    });
    try {
      const { url = '', method = '' } = request;
      const [, own] = ownCard.exec(url) ?? [];
      if (own !== undefined) {
        requireMethod(method, 'GET');
        return await serveOwnCard(context, own, response);
      }
      const [, upstream = '', path, query = ''] = address.exec(url) ?? [];
      if (path !== undefined && path !== cardPath) binding = () => restBinding;
      if (upstream === '' || (path === undefined && url.includes('?')))
        throw new AppError('upstream.not_found');
      const { origin: from } = request.headers;
      if (from !== undefined && from !== origin) throw new AppError('action.origin_refused');
      const arrive = () => describeArrival(context, request, upstream, url.split('?', 1)[0] ?? '');
      if (path === cardPath) {
        requireMethod(method, 'GET');
        await serveCard(context, { request, response, upstream, standing, arrive });
        return;
      }
      if (path === undefined) requireMethod(method, 'POST');
      const { headers } = request;
      // A caller with nothing to send need not say of what type it is.
      const isBare = path !== undefined && headers['content-type'] === undefined;
      if (!isBare && !/^application\/(?:a2a\+)?json(?:\s*;|$)/i.test(headers['content-type'] ?? ''))
        throw new AppError('action.content_type_refused');
      const body = await readBody(request, mostMessageBytes);
      const read = (seen: (id: ReadRequest['id']) => void): ReadRequest =>
        path === undefined
          ? readRequest(request, body, seen)
          : readRestRequest({ method, path, query, headers, body });
      await serveRequest(parts, { request, response, upstream, binding, read, standing, arrive });
    } catch (thrown) {
      const reply = { response, standing, binding: binding(() => null), isStream: () => false };
      openReply(reply).refuse(toAppError(thrown));
    }
  };
}

function requireMethod(method: string, allowed: string): void {
  if (method !== allowed) throw new AppError('action.http_method_refused', { headers: { allow: allowed } });
}

/** The card of the peer as this caller may see it. */
async function serveCard(context: Context, arrived: Omit<Arrived, 'binding' | 'read'>): Promise<void> {
  const { request, response, upstream, standing, arrive } = arrived;
  const hangUp = new AbortController();
  const outcome = await handleAction(context, {
    ...arrive(),
    hungUp: hangUp.signal,
    emit: () => {},
    translate: () => {
      if (context.upstreams.find(upstream)?.kind !== 'a2a') throw new AppError('upstream.not_found');
      return {
        ...{ method: 'tools/list', operation: 'discover', target: '', arguments: {}, isNotification: false },
        outgoing: { jsonrpc: '2.0', id: 'a2a', method: 'tools/list' },
        traceparent: readTraceparent(request),
      };
    },
  });
  const result = outcome.kind === 'completed' ? outcome.response?.result : undefined;
  const tools = isJsonObject(result) && Array.isArray(result.tools) ? result.tools : [];
  const text = JSON.stringify(describeCard(context.config.server.publicUrl, upstream, tools));
  response.writeHead(200, {
    ...standing(),
    'cache-control': 'private, no-store',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  });
  response.end(text);
}

function describeArrival(context: Context, request: IncomingMessage, upstream: string, path: string) {
  const { publicUrl } = context.config.server;
  const credentials = {
    authorization: listHeaderValues(request.rawHeaders, 'authorization'),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
    method: request.method ?? '',
    // From the configured URL: the Host header is the caller's to choose.
    url: `${publicUrl}${path}`,
    audience: upstreamResource(publicUrl, upstream),
    resource: peerResource(publicUrl, upstream),
  };
  const id = context.platform.newId('act');
  const receivedAt = context.platform.now();
  return { id, front: 'a2a', upstream, receivedAt, credentials } as const;
}
