import type { IncomingMessage } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { type Attempt, decideForwarded, type Message } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import {
  apiResource,
  type EnforcementPoint,
  findEnforcementPoint,
  holdsKeyOf,
  upstreamResource,
} from '../../../tokens/index.ts';
import { type Address, findOperation, readAddress, readArguments, receiveBody } from '../../http/index.ts';
import { listHeaderValues } from '../../mcp/index.ts';
import type { HttpAnswer } from '../http-answer.ts';
import { findRoute, type Original, type ProxyKind, proxyKinds, readOriginal } from './read-original.ts';

export const forwardPath = '/access/v1/forward/';

type Body = Awaited<ReturnType<typeof receiveBody>>;

/**
 * A proxy asks about the request it holds: `/access/v1/forward/<kind>/<enforcement point>`. The agent's own token and
 * proof are in it, for the original URL. 200 lets it pass; 401 and 403 do not.
 */
export async function serveForward(context: Context, request: IncomingMessage): Promise<HttpAnswer> {
  const [, kindName, id = '', below = ''] =
    /^\/access\/v1\/forward\/([a-z]+)\/(pep_\w{26})(\/.*)?$/.exec(request.url ?? '') ?? [];
  const kind = proxyKinds.find((one) => one === kindName);
  if (kind === undefined) throw new AppError('server.not_found');
  const point = await findEnforcementPoint(context, id);
  if (point === undefined || !isProxyOf(context, point, request)) throw new AppError('token.proxy_unknown');
  try {
    return await decide(context, { request, point, kind, below });
  } catch (thrown) {
    return refuse(toAppError(thrown));
  }
}

interface Held {
  readonly request: IncomingMessage;
  readonly point: EnforcementPoint;
  readonly kind: ProxyKind;
  readonly below: string;
}

async function decide(context: Context, { request, point, kind, below }: Held): Promise<HttpAnswer> {
  const original = readOriginal(kind, request, below);
  const { upstream, below: target, url } = findRoute(point, original);
  const address = readAddress(`/http/${upstream}${target}`);
  const body = await receiveBody(request);
  const { publicUrl } = context.config.server;
  const attempt: Attempt = {
    ...{ id: context.platform.newId('act'), front: 'forward_auth', upstream },
    receivedAt: context.platform.now(),
    credentials: {
      authorization: listHeaderValues(request.rawHeaders, 'authorization'),
      dpop: listHeaderValues(request.rawHeaders, 'dpop'),
      method: original.method,
      url,
      audience: upstreamResource(publicUrl, upstream),
      resource: apiResource(publicUrl, upstream),
    },
    asked: { by: point.id, shapesResults: false },
    translate: () => translate(context, request, { original, address, body }),
    hungUp: new AbortController().signal,
    emit: () => undefined,
  };
  const decided = await decideForwarded(context, attempt);
  const headers = { 'x-countersign-decision': decided.decisionRecord };
  if (decided.kind === 'allowed') return { status: 200, headers, body: null };
  return {
    status: 403,
    headers: { ...headers, 'x-countersign-approval': decided.link, 'x-countersign-error': 'action.pending' },
    body: `A person has to approve this first: ${decided.link}`,
  };
}

/** Whoever is at the other end of the connection: by a key it holds, or where it is. Headers prove nothing. */
function isProxyOf(context: Context, point: EnforcementPoint, request: IncomingMessage): boolean {
  const certificate = context.tokens.findCertificate(request);
  if (certificate !== undefined && holdsKeyOf(context, point, certificate)) return true;
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '');
  return address !== undefined && point.addresses.includes(address);
}

interface Read {
  readonly original: Original;
  readonly address: Address;
  readonly body: Body;
}

function translate(context: Context, request: IncomingMessage, { original, address, body }: Read): Message {
  const target = context.upstreams.find(address.upstream);
  if (target?.kind !== 'http') throw new AppError('upstream.not_found', { detail: 'it is no HTTP API' });
  const { tool, operation } = findOperation(target, original.method, address.segments);
  // What goes on with a body must have been decided with it.
  if (body === undefined && (operation.body !== null || operation.uploads.length > 0))
    throw new AppError('action.arguments_invalid', { detail: 'the proxy did not show the body' });
  return {
    ...{ method: 'tools/call', operation: 'call', target: tool.name },
    arguments: readArguments(request, operation, address, body),
    outgoing: {},
    isNotification: false,
    traceparent: null,
  };
}

/** Proxies know 401 and 403; a 401 carries what the agent needs to do better. */
function refuse(error: AppError): HttpAnswer {
  const { status, caller } = error.entry;
  if (status >= 500) throw error;
  return {
    status: status === 401 ? 401 : 403,
    headers: { ...error.headers, 'x-countersign-error': error.code },
    body: error.detail === undefined ? caller : `${caller} (${error.detail})`,
  };
}
