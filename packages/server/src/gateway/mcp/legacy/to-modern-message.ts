import { AppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import type { Operation } from '../../../policies/index.ts';
import { everyUpstream } from '../../../upstreams/index.ts';
import { describeGateway } from '../aggregate/describe-gateway.ts';
import { capabilitiesKey, protocolVersion, versionKey } from '../check-headers.ts';
import { governedMethods } from '../governed-methods.ts';
import { describeReference, readArguments, readToolCall, readTraceparent } from '../translate-message.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import { type ClientHello, type LegacySession, toClientSession } from './session.ts';

/** Methods that mean the same in both revisions. All others are the door's own, or refused. */
const sharedMethods: ReadonlySet<string> = new Set([
  'completion/complete',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'tools/call',
  'tools/list',
]);
const passedMeta: ReadonlySet<string> = new Set(['baggage', 'progressToken', 'traceparent', 'tracestate']);
const clientInfoKey = 'io.modelcontextprotocol/clientInfo';
const logLevelKey = 'io.modelcontextprotocol/logLevel';
const empty: JsonObject = {};

/** A client's request in the words of the path, and as an upstream of 2026-07-28 is sent it. Throws `action.*`. */
export function toModernMessage(session: LegacySession, request: LegacyRequest, over: AbortSignal): Message {
  const { method, params, meta, id } = request;
  const governed = sharedMethods.has(method) ? governedMethods.get(method) : undefined;
  if (governed === undefined) throw new AppError('action.method_unknown');
  const { operation, nameField } = governed;
  const name = nameField === undefined ? undefined : params[nameField];
  if (nameField !== undefined && typeof name !== 'string')
    throw new AppError('action.meta_invalid', { detail: `params.${nameField} must be a string` });
  // The last two are for the door alone; tasks of the earlier revision are not offered, so they are not asked for either.
  const { _meta, task, requestState, inputResponses, ...clean } = params;
  return {
    method,
    operation,
    target: typeof name === 'string' ? name : describeReference(params),
    arguments: operation === 'call' || operation === 'get_prompt' ? readArguments(params) : empty,
    outgoing: {
      jsonrpc: '2.0',
      id,
      method,
      params: { ...clean, _meta: { ...describeClient(session.hello, meta), ...describeLogLevel(session) } },
    },
    isNotification: false,
    session: toClientSession(session, over),
    traceparent: readTraceparent(meta),
    ...readToolCall(meta),
  };
}

/** The same call again, with what the client answered. */
export function withAnswers(message: Message, state: JsonValue | undefined, answers: JsonObject): Message {
  const params = message.outgoing.params as JsonObject;
  const { requestState: _, ...rest } = params;
  const next = { ...rest, inputResponses: answers, ...(state === undefined ? {} : { requestState: state }) };
  return { ...message, outgoing: { ...message.outgoing, params: next } };
}

/** The handshake: it is answered from what the upstream says of itself. */
export function toDiscovery(session: LegacySession, request: LegacyRequest, over: AbortSignal): Message {
  if (session.holder.upstream === everyUpstream) {
    const answer = describeGateway(request.id);
    return { ...toOwnMessage(request.method, () => answer, 'discover'), isNotification: false };
  }
  const _meta = describeClient(session.hello, request.meta);
  return {
    method: request.method,
    operation: 'discover',
    target: '',
    arguments: empty,
    outgoing: { jsonrpc: '2.0', id: request.id, method: 'server/discover', params: { _meta } },
    isNotification: false,
    session: toClientSession(session, over),
    traceparent: readTraceparent(request.meta),
  };
}

/** A stream of what the upstream notifies of. */
export function toSubscription(session: LegacySession, target: string, notifications: JsonObject): Message {
  return {
    method: 'subscriptions/listen',
    operation: 'subscribe',
    target,
    arguments: empty,
    outgoing: {
      jsonrpc: '2.0',
      id: target === '' ? 'stream' : target,
      method: 'subscriptions/listen',
      params: { notifications, _meta: describeClient(session.hello, empty) },
    },
    isNotification: false,
    session: toClientSession(session, session.ended),
    traceparent: null,
  };
}

/** What concerns the session alone: decided and recorded like everything, and answered here. */
export function toOwnMessage(
  method: string,
  answerHere: () => JsonObject | null,
  operation: Operation = 'notify',
): Message {
  return {
    method,
    operation,
    target: '',
    arguments: empty,
    outgoing: empty,
    isNotification: true,
    answerHere,
    traceparent: null,
  };
}

function describeClient({ name, version, capabilities }: ClientHello, meta: JsonObject): JsonObject {
  const passed = Object.entries(meta).filter(([key]) => passedMeta.has(key));
  return {
    ...Object.fromEntries(passed),
    [versionKey]: protocolVersion,
    [capabilitiesKey]: capabilities,
    [clientInfoKey]: { name, version },
  };
}

function describeLogLevel({ logLevel }: LegacySession): JsonObject {
  return logLevel === undefined ? empty : { [logLevelKey]: logLevel };
}
