import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import {
  type Attempt,
  decideForwarded,
  type ForwardedDecision,
  type Message,
} from '../../../actions/index.ts';
import { find } from '../../authzen/index.ts';
import { writePending } from '../../mcp/index.ts';
import { askCall } from '../ask-call.ts';
import { isAnswer, writeRefusal } from '../describe-refusal.ts';
import { readSeconds } from '../hook-request.ts';
import type { HookAnswer } from '../serve-hooks.ts';
import { readCallId } from './read-call-id.ts';
import type { AgentHook } from './serve-agent.ts';

const longestWaitSeconds = 25;
const longestName = 128;

/** Whether the agent may make the call now; an allow counts as the call, because it will be made. */
export async function answerCall(hook: AgentHook, body: JsonObject): Promise<HookAnswer> {
  const { context, held, hungUp, taskId } = hook;
  const callId = readCallId(body);
  const message = readMessage(body);
  const waitSeconds = readSeconds(find(body, 'waitSeconds'), longestWaitSeconds);
  try {
    const decision = await askCall({
      ...{ context, held, hungUp },
      key: `${taskId}\n${callId}`,
      until: context.platform.now() + waitSeconds * 1000,
      waitAside: (wait) => hook.waitAside(hook.token.agentId, wait),
      decide: (arrival) => decideForwarded(context, toAttempt(hook, { ...arrival, callId, message, body })),
    });
    return { body: describe(decision) };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!isAnswer(error)) throw error;
    return {
      body: { decision: 'deny', reason: error.code, message: writeRefusal(error) },
      refused: error.code,
    };
  }
}

function describe(decision: ForwardedDecision): object {
  const { decisionRecord } = decision;
  if (decision.kind === 'allowed') return { decision: 'allow', decisionRecord, notices: decision.notices };
  const { id, matchCode, expiresAt } = decision.approval;
  const approval = { id, matchCode, expiresAt, link: decision.link };
  return { decision: 'pending', decisionRecord, approval, message: writePending(decision) };
}

function toAttempt(
  { context, upstream, token, hungUp }: AgentHook,
  call: Pick<Attempt, 'id' | 'receivedAt'> & {
    readonly callId: string;
    readonly message: Message;
    readonly body: JsonObject;
  },
): Attempt {
  const { id, receivedAt, callId, message, body } = call;
  const through = find(body, 'through');
  return {
    ...{ id, front: 'hooks', upstream, receivedAt, hungUp },
    credentials: { authorization: [], dpop: [], method: '', url: '', audience: '' },
    proven: token,
    asked: {
      by: token.agentId,
      call: callId,
      ...(typeof through === 'string' && isName(through) ? { through } : {}),
      shapesResults: false,
    },
    translate() {
      if (context.upstreams.find(upstream)?.kind !== 'hooks')
        throw new AppError('upstream.not_found', { detail: 'there is none of kind hooks by this name' });
      return message;
    },
    emit: () => undefined,
  };
}

function readMessage(body: JsonObject): Message {
  const tool = find(body, 'tool');
  const given = find(body, 'arguments') ?? {};
  const trace = find(body, 'traceparent');
  if (typeof tool !== 'string' || tool === '' || tool.length > longestName)
    throw new AppError('action.hook_refused', { detail: 'tool' });
  if (!isJsonObject(given)) throw new AppError('action.hook_refused', { detail: 'arguments' });
  return {
    ...{ method: 'tools/call', operation: 'call', target: tool, arguments: given },
    ...{ outgoing: {}, isNotification: false },
    traceparent: typeof trace === 'string' && /^[0-9a-f-]{55}$/.test(trace) ? trace : null,
  };
}

function isName(text: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(text);
}
