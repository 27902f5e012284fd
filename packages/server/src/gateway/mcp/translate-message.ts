import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@countersign/api';
import { canonicalJson, isJsonObject, type JsonObject } from '@countersign/core';
import type { Message } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import { everyUpstream } from '../../upstreams/index.ts';
import { describeGateway } from './aggregate/describe-gateway.ts';
import { requireAddressed } from './aggregate/require-addressed.ts';
import { checkParamHeaders } from './check-param-headers.ts';
import { connectionInput } from './elicit-connection.ts';
import { governedMethods } from './governed-methods.ts';
import type { ReadMessage } from './read-message.ts';
import { openRequestState } from './request-state.ts';
import { type HeldTask, openTaskHandle } from './task-handle.ts';

/** The name under which our own URL elicitation travels among an upstream's input requests. */
export const approvalInput = 'countersign_approval';

const toolCallMeta = 'gen_ai.tool.call.id';
export const tasksExtension = 'io.modelcontextprotocol/tasks';
/** The `_meta` that an upstream may see. */
export const passedMeta = /^(?:io\.modelcontextprotocol\/|progressToken$|traceparent$|tracestate$|baggage$)/;

/** Digest of what a retried request must still be: everything but state, answers and `_meta`. */
export function digestRequest(upstream: string, read: ReadMessage): string {
  const { _meta, requestState, inputResponses, ...rest } = read.params;
  return sha256(canonicalJson({ upstream, method: read.method, params: rest }));
}

/** Puts a read message in the words of the path. Throws `action.*` and `approval.state_invalid`. */
export function translateMessage(
  context: Context,
  upstream: string,
  read: ReadMessage,
  headers: IncomingHttpHeaders,
  caller: PresentedToken,
): Message {
  const governed = governedMethods.get(read.method);
  if (governed === undefined) throw new AppError('action.method_unknown');
  const { operation } = governed;
  requireAddressed(upstream, read.method);
  if (read.method.startsWith('tasks/')) requireTasksExtension(read);
  if (operation === 'call') {
    const definition = context.upstreams.find(upstream)?.tool(read.name ?? '')?.definition;
    if (definition !== undefined) checkParamHeaders(headers, definition, readArguments(read.params));
  }
  const held = read.method.startsWith('tasks/') ? openHeldTask(context, upstream, read, caller) : undefined;
  const outgoing: JsonObject = {
    jsonrpc: '2.0',
    ...(read.id === null ? {} : { id: read.id }),
    method: read.method,
    params: cleanParams(context, upstream, read, caller, held),
  };
  return {
    method: read.method,
    operation,
    target: read.name ?? describeReference(read.params),
    arguments: operation === 'call' || operation === 'get_prompt' ? readArguments(read.params) : {},
    outgoing,
    isNotification: read.isNotification,
    ...(upstream === everyUpstream && (read.isNotification || read.method === 'server/discover')
      ? { answerHere: () => (read.isNotification ? null : describeGateway(read.id)) }
      : {}),
    ...(held === undefined ? {} : { owed: held.owed }),
    // Instrumented HTTP clients write it there.
    traceparent: readTraceparent(read.meta) ?? readTraceparent({ traceparent: headers.traceparent }),
    ...readToolCall(read.meta),
  };
}

function openHeldTask(
  context: Context,
  upstream: string,
  read: ReadMessage,
  caller: PresentedToken,
): HeldTask {
  return openTaskHandle(context.masterKey, read.name ?? '', { agent: caller.agentId, upstream });
}

/** Throws `action.capability_missing` unless the message declares that its sender can follow tasks. */
export function requireTasksExtension({ capabilities }: ReadMessage): void {
  if (isJsonObject(capabilities.extensions) && isJsonObject(capabilities.extensions[tasksExtension])) return;
  const requiredCapabilities = { extensions: { [tasksExtension]: {} } };
  throw new AppError('action.capability_missing', { data: { requiredCapabilities } });
}

export function readTraceparent({ traceparent }: { readonly traceparent?: unknown }): string | null {
  return typeof traceparent === 'string' && /^[0-9a-f-]{55}$/.test(traceparent) ? traceparent : null;
}

/** OpenTelemetry's name for it; hostile, and believed by nobody. */
export function readToolCall(meta: JsonObject): { readonly toolCall?: string } {
  const id = meta[toolCallMeta];
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? { toolCall: id } : {};
}

export function readArguments(params: JsonObject): JsonObject {
  const given = params.arguments ?? {};
  if (!isJsonObject(given))
    throw new AppError('action.arguments_invalid', { detail: 'arguments must be an object' });
  return given;
}

/** What a completion is asked for. */
export function describeReference(params: JsonObject): string {
  const { ref } = params;
  if (!isJsonObject(ref)) return '';
  // The type says which of the two the upstream goes by.
  const named = ref.type === 'ref/resource' ? ref.uri : (ref.name ?? ref.uri);
  return String(named ?? '').slice(0, 2048);
}

/** What the upstream gets: its own state instead of ours, no answers that were meant for us, only known `_meta`. */
function cleanParams(
  context: Context,
  upstream: string,
  read: ReadMessage,
  caller: PresentedToken,
  held: HeldTask | undefined,
): JsonObject {
  const { _meta, requestState, inputResponses, ...params } = read.params;
  const clean: Record<string, JsonObject[string]> = { ...params };
  if (isJsonObject(inputResponses)) {
    const { [approvalInput]: _approval, [connectionInput]: _connection, ...rest } = inputResponses;
    if (Object.keys(rest).length > 0) clean.inputResponses = rest;
  }
  if (requestState !== undefined) {
    const state = openRequestState(context.masterKey, requestState, context.platform.now());
    const mine = state.agent === caller.agentId && state.key === caller.key && state.task === caller.taskId;
    if (!mine || state.request !== digestRequest(upstream, read))
      throw new AppError('approval.state_invalid');
    if (state.upstream !== undefined) clean.requestState = state.upstream;
  }
  if (held !== undefined) clean.taskId = held.taskId;
  const meta = Object.entries(read.meta).filter(([key]) => passedMeta.test(key));
  return meta.length === 0 ? clean : { ...clean, _meta: Object.fromEntries(meta) };
}
