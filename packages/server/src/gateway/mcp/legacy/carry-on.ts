import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Outcome } from '../../../actions/index.ts';
import { exposeReply } from '../aggregate/expose-reply.ts';
import { type HeldCall, holdCall } from '../hold-call.ts';
import { askClient, countRound, listInputs } from './ask-client.ts';
import { emitNotification } from './emit-notification.ts';
import { type LegacyRequestParts, refuse } from './legacy-door.ts';
import type { OpenCall } from './open-call.ts';
import { announceDecision, canOpenPages, demandApproval, explainApproval } from './pending-answer.ts';
import { toLegacyResponse } from './to-legacy-message.ts';
import { withAnswers } from './to-modern-message.ts';

const pollMilliseconds = 1_000;

/** Takes a call from where the path left it to its answer, or to where the client has to answer something first. */
export async function carryOn(parts: LegacyRequestParts, call: OpenCall, first: Outcome): Promise<void> {
  try {
    let outcome = first;
    for (;;) {
      const isToGoOn =
        outcome.kind === 'completed'
          ? await finishOrAsk(parts.door, call, outcome.response)
          : await answerPending(parts, call, outcome);
      if (!isToGoOn) return;
      outcome = await enterAgain(parts, call);
    }
  } catch (thrown) {
    refuseCall(call, toAppError(thrown));
  }
}

/** Writes why a call was refused, and ends it. */
export function refuseCall(call: OpenCall, error: AppError): void {
  refuse(call.reply, error, { id: call.request.id, method: call.request.method });
  call.close();
}

function finish(call: OpenCall, message: JsonObject): void {
  call.reply.finish(200, {}, JSON.stringify(message));
  call.close();
}

/** Whether the upstream only wants to be asked again; otherwise the call is answered, or waits for its client. */
async function finishOrAsk(door: string, call: OpenCall, response: JsonObject | null): Promise<boolean> {
  const result = response?.result;
  const type = isJsonObject(result) ? result.resultType : undefined;
  // Nobody asked for a task: these revisions do not know them as 2026-07-28 does.
  if (response === null || type === 'task')
    throw new AppError('upstream.lied', { detail: 'no answer to this' });
  if (!isJsonObject(result) || type !== 'input_required') {
    finish(call, toLegacyResponse(exposeReply(door, call.upstream, response)));
    return false;
  }
  countRound(call);
  if (listInputs(result).length > 0) {
    askClient(call, result);
    return false;
  }
  await pause(call);
  call.message = withAnswers(call.message, result.requestState, {});
  return true;
}

async function pause({ over }: OpenCall): Promise<void> {
  await sleep(pollMilliseconds, undefined, { signal: over.signal }).catch(() => {});
  if (over.signal.aborted) throw over.signal.reason;
}

/** Whether the person decided while the call was held; otherwise it has been answered. */
async function answerPending(
  { context }: LegacyRequestParts,
  call: OpenCall,
  pending: Outcome & { kind: 'pending' },
): Promise<boolean> {
  const { session, request } = call;
  if (canOpenPages(session)) {
    finish(call, demandApproval(request, pending));
    announceDecision(context, session, pending.approval.id);
    return false;
  }
  const { progressToken } = request.meta;
  const canHold = progressToken !== undefined && call.reply.canStream;
  if (canHold && (await holdCall(context, describeHeld(call, progressToken), pending))) return true;
  if (call.over.signal.aborted) throw call.over.signal.reason;
  finish(call, explainApproval(request, pending));
  return false;
}

function describeHeld(call: OpenCall, progressToken: JsonValue): HeldCall {
  const { receivedAt, caller, session, over, reply } = call;
  return {
    ...{ receivedAt, caller, progressToken },
    clientName: session.hello.name,
    over: over.signal,
    emit: reply.emit,
  };
}

/** The very request that was authenticated when it came, decided anew under what is in force now. */
export function enterAgain(
  { context, enter, arrival }: LegacyRequestParts,
  call: OpenCall,
): Promise<Outcome> {
  return enter({
    ...arrival,
    upstream: call.upstream,
    id: context.platform.newId('act'),
    receivedAt: context.platform.now(),
    proven: call.caller,
    hungUp: call.over.signal,
    emit: (message) => emitNotification(call.reply.emit, message),
    translate: () => call.message,
  });
}
