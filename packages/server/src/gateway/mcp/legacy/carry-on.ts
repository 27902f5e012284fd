import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Outcome } from '../../../actions/index.ts';
import { askClient } from './ask-client.ts';
import { holdCall } from './hold-call.ts';
import { type LegacyRequestParts, refuse } from './legacy-door.ts';
import type { OpenCall } from './open-call.ts';
import { announceDecision, canOpenPages, demandApproval, explainApproval } from './pending-answer.ts';
import { toLegacyResponse } from './to-legacy-message.ts';

/** Takes a call from where the path left it to its answer, or to where the client has to answer something first. */
export async function carryOn(parts: LegacyRequestParts, call: OpenCall, first: Outcome): Promise<void> {
  try {
    let outcome = first;
    for (;;) {
      if (outcome.kind === 'completed') return finishOrAsk(call, outcome.response);
      const isHeld = await answerPending(parts, call, outcome);
      if (!isHeld) return;
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

function finishOrAsk(call: OpenCall, response: JsonObject | null): void {
  if (response === null) throw new AppError('upstream.lied', { detail: 'a request without an answer' });
  const { result } = response;
  if (isJsonObject(result) && result.resultType === 'input_required') askClient(call, result);
  else finish(call, toLegacyResponse(response));
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
  const canHold = request.meta.progressToken !== undefined && call.reply.canStream;
  if (canHold && (await holdCall(context, call, pending))) return true;
  if (call.over.signal.aborted) throw call.over.signal.reason;
  finish(call, explainApproval(request, pending));
  return false;
}

/** The very request that was authenticated when it came, decided anew under what is in force now. */
function enterAgain({ context, enter, arrival }: LegacyRequestParts, call: OpenCall): Promise<Outcome> {
  return enter({
    ...arrival,
    id: context.platform.newId('act'),
    receivedAt: context.platform.now(),
    proven: call.caller,
    hungUp: call.over.signal,
    emit: call.reply.emit,
    translate: () => call.message,
  });
}
