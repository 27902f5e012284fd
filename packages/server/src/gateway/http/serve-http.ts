import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { type Attempt, handleAction, type Message } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { apiResource, upstreamResource } from '../../tokens/index.ts';
import type { ApiExchange } from '../../upstreams/index.ts';
import { createSlots } from '../mcp/call-slots.ts';
import { listHeaderValues } from '../mcp/header-values.ts';
import { findOperation } from './find-operation.ts';
import { type Address, readAddress } from './read-address.ts';
import { readArguments } from './read-arguments.ts';
import { type ReceivedBody, receiveBody } from './receive-body.ts';
import { type AnswerParts, openAnswer, writeAnswer } from './write-answer.ts';
import { writePending, writeRefusal } from './write-refusal.ts';

/** Serves `/http/<upstream>/<path>`: makes a request an action, enters the path, makes its outcome an answer, decides nothing. */
export function createHttpDoor(
  context: Context,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const origin = new URL(context.config.server.publicUrl).origin;
  const slots = createSlots(context.config.server.maxConcurrentCalls);
  return async (request, response) => {
    const standing = () => ({ 'dpop-nonce': context.tokens.nextNonce() });
    response.on('error', () => {});
    response.once('finish', () => {
      // Nobody reads the rest of a body that was refused.
      if (!request.complete) request.destroy();
    });
    try {
      const { origin: from } = request.headers;
      if (from !== undefined && from !== origin) throw new AppError('action.origin_refused');
      const address = readAddress(request.url ?? '');
      await slots.run(() =>
        serve(context, request, address, { response, root: `/http/${address.upstream}`, standing }),
      );
    } catch (thrown) {
      writeRefusal({ response, standing }, toAppError(thrown));
    }
  };
}

async function serve(
  context: Context,
  request: IncomingMessage,
  address: Address,
  parts: AnswerParts,
): Promise<void> {
  const { response } = parts;
  const hangUp = new AbortController();
  const onClose = () => hangUp.abort(new AppError('action.aborted'));
  response.once('close', onClose);
  try {
    const body = await receiveBody(request);
    const outcome = await handleAction(context, {
      ...describeArrival(context, request, address),
      hungUp: hangUp.signal,
      emit: () => {},
      translate: () => translate(context, request, { address, body, parts }),
    });
    if (outcome.kind === 'pending') writePending(parts, outcome);
    else writeAnswer(parts, outcome);
  } finally {
    response.removeListener('close', onClose);
  }
}

function describeArrival(context: Context, request: IncomingMessage, { upstream, path }: Address) {
  const { publicUrl } = context.config.server;
  const credentials = {
    authorization: listHeaderValues(request.rawHeaders, 'authorization'),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
    method: request.method ?? '',
    // From the configured URL: the Host header is the caller's to choose. A proof names no query (RFC 9449, section 4.2).
    url: `${publicUrl}${path}`,
    audience: upstreamResource(publicUrl, upstream),
    resource: apiResource(publicUrl, upstream),
  };
  const id = context.platform.newId('act');
  const receivedAt = context.platform.now();
  return { id, front: 'http', upstream, receivedAt, credentials } as const satisfies Partial<Attempt>;
}

interface Received {
  readonly address: Address;
  readonly body: ReceivedBody | undefined;
  readonly parts: AnswerParts;
}

/** The request in the words of the path: a call of the tool that its method and path mean. */
function translate(context: Context, request: IncomingMessage, { address, body, parts }: Received): Message {
  const target = context.upstreams.find(address.upstream);
  if (target?.kind !== 'http') throw new AppError('upstream.not_found', { detail: 'it is no HTTP API' });
  const { tool, operation } = findOperation(target, request.method ?? '', address.segments);
  const given = readArguments(request, operation, address, body);
  const exchange: ApiExchange = {
    accept: readAccept(request),
    ...(given.upload !== undefined && body !== undefined ? { upload: body.upload } : {}),
    open: openAnswer(parts),
  };
  const params = { name: tool.name, arguments: given };
  return {
    method: 'tools/call',
    operation: 'call',
    target: tool.name,
    arguments: given,
    outgoing: { jsonrpc: '2.0', id: 'http', method: 'tools/call', params },
    isNotification: false,
    exchange,
    traceparent: readTraceparent(request),
  };
}

export function readAccept({ headers: { accept = '*/*' } }: IncomingMessage): string {
  return /^[\x20-\x7e]{1,256}$/.test(accept) ? accept : '*/*';
}

export function readTraceparent({ headers: { traceparent } }: IncomingMessage): string | null {
  return typeof traceparent === 'string' && /^[0-9a-f-]{55}$/.test(traceparent) ? traceparent : null;
}
