import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { type Attempt, handleAction, type Message } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { modelResource, upstreamResource } from '../../tokens/index.ts';
import {
  type Address,
  type AnswerParts,
  findOperation,
  openAnswer,
  type ReceivedBody,
  readAccept,
  readAddress,
  readArguments,
  readTraceparent,
  receiveBody,
  writeAnswer,
} from '../http/index.ts';
import { createSlots } from '../mcp/call-slots.ts';
import { listHeaderValues } from '../mcp/header-values.ts';
import { writePending, writeRefusal } from './write-refusal.ts';

/** What clients put before the paths of both APIs. */
const version = 'v1';

/**
 * Serves `/models/<upstream>/v1/…` to clients of OpenAI and Anthropic: makes a request an action, enters the path, makes its
 * outcome an answer, decides nothing.
 */
export function createModelsDoor(
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
    const upstream = /^\/models\/([a-z][a-z0-9-]{0,62})\//.exec(request.url ?? '')?.[1] ?? '';
    const parts = { response, root: `/models/${upstream}/${version}`, standing };
    const provider = () => context.upstreams.find(upstream)?.settings.provider;
    try {
      const { origin: from } = request.headers;
      if (from !== undefined && from !== origin) throw new AppError('action.origin_refused');
      await slots.run(() => serve(context, request, parts));
    } catch (thrown) {
      writeRefusal(parts, provider(), toAppError(thrown));
    }
  };
}

async function serve(context: Context, request: IncomingMessage, parts: AnswerParts): Promise<void> {
  const address = readAddress(request.url ?? '', 'models');
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
    const { provider } = context.upstreams.find(address.upstream)?.settings ?? {};
    if (outcome.kind === 'pending') writePending(parts, provider, outcome);
    else writeAnswer(parts, outcome);
  } finally {
    response.removeListener('close', onClose);
  }
}

function describeArrival(context: Context, request: IncomingMessage, { upstream, path }: Address) {
  const { publicUrl } = context.config.server;
  const credentials = {
    authorization: readAuthorization(request),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
    method: request.method ?? '',
    // From the configured URL: the Host header is the caller's to choose. A proof names no query (RFC 9449, section 4.2).
    url: `${publicUrl}${path}`,
    audience: upstreamResource(publicUrl, upstream),
    resource: modelResource(publicUrl, upstream),
  };
  const id = context.platform.newId('act');
  const receivedAt = context.platform.now();
  return { id, front: 'models', upstream, receivedAt, credentials } as const satisfies Partial<Attempt>;
}

/** Clients of Anthropic show what they have as a key. It is a token of ours like any other, and goes no further. */
function readAuthorization({ rawHeaders }: IncomingMessage): readonly string[] {
  const shown = listHeaderValues(rawHeaders, 'authorization');
  if (shown.length > 0) return shown;
  return listHeaderValues(rawHeaders, 'x-api-key').map((key) => `Bearer ${key}`);
}

interface Received {
  readonly address: Address;
  readonly body: ReceivedBody | undefined;
  readonly parts: AnswerParts;
}

/** The request in the words of the path: a call of the operation that its method and path mean. */
function translate(context: Context, request: IncomingMessage, { address, body, parts }: Received): Message {
  const target = context.upstreams.find(address.upstream);
  if (target?.kind !== 'model')
    throw new AppError('upstream.not_found', { detail: 'it is no model provider' });
  const [first, ...segments] = address.segments;
  if (first !== version) throw new AppError('action.tool_unknown');
  const { tool, operation } = findOperation(target, request.method ?? '', segments);
  const given = readArguments(request, operation, address, body);
  return {
    method: 'tools/call',
    operation: 'call',
    target: tool.name,
    arguments: given,
    outgoing: {
      jsonrpc: '2.0',
      id: 'model',
      method: 'tools/call',
      params: { name: tool.name, arguments: given },
    },
    isNotification: false,
    exchange: { accept: readAccept(request), open: openAnswer(parts) },
    traceparent: readTraceparent(request),
  };
}
