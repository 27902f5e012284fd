import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import type { ActionScopes } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import { nobody } from '../read-message.ts';
import { carryOn, enterAgain, refuseCall } from './carry-on.ts';
import { emitNotification } from './emit-notification.ts';
import { findSession, type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import type { OpenCall } from './open-call.ts';
import type { LegacyAnswer } from './read-legacy-message.ts';
import type { LegacySession, Question } from './session.ts';
import { toOwnMessage, withAnswers } from './to-modern-message.ts';

/**
 * Takes a client's answer to what its session was asked. With the last one of a round the call enters the path again,
 * under the proof that came with this answer; its answer goes where the call began.
 */
export async function serveAnswer(parts: LegacyRequestParts, answer: LegacyAnswer): Promise<void> {
  const reply = openPlainReply(parts);
  const over = new AbortController();
  let call: OpenCall | undefined;
  let question: Question | undefined;
  const take = (token: PresentedToken, scopes: ActionScopes): Message => {
    const session = findSession(parts, token, scopes);
    question = takeQuestion(session, answer);
    const isComplete = noteAnswer(parts, question, answer);
    if (!isComplete) return toOwnMessage(question.method, () => null);
    call = question.call;
    const { signal } = call.over;
    signal.addEventListener('abort', () => over.abort(signal.reason), { once: true });
    if (signal.aborted) over.abort(signal.reason);
    // It is accepted; how the call goes on is said on the call's own stream.
    reply.finish(202, {}, null);
    const message = goOn(call, token);
    // What this request is for is known only now: the call itself enters the path after it.
    return call.upstream === parts.arrival.upstream ? message : toOwnMessage(question.method, () => null);
  };
  try {
    const outcome = await parts.enter({
      ...parts.arrival,
      hungUp: over.signal,
      emit: (message) => emitNotification((seen) => call?.reply.emit(seen), message),
      translate: take,
    });
    if (call === undefined) reply.finish(202, {}, null);
    else if (call.upstream === parts.arrival.upstream) await carryOn(parts, call, outcome);
    else await carryOn(parts, call, await enterAgain(parts, call));
  } catch (thrown) {
    const error = toAppError(thrown);
    if (call !== undefined) return refuseCall(call, error);
    refuse(reply, error, nobody);
    // It was taken and cannot be given again.
    question?.call.over.abort(error);
  }
}

/** Each question is answered once, in the session that was asked. */
function takeQuestion(session: LegacySession, { id }: LegacyAnswer): Question {
  const question = typeof id === 'number' ? session.questions.get(id) : undefined;
  if (question === undefined || typeof id !== 'number') throw new AppError('action.answer_unexpected');
  session.questions.delete(id);
  question.call.round?.open.delete(id);
  return question;
}

/** Whether the call can go on. */
function noteAnswer(
  { context }: LegacyRequestParts,
  { call, key, method }: Question,
  { result }: LegacyAnswer,
): boolean {
  const { round } = call;
  if (round === undefined) throw new AppError('action.answer_unexpected');
  const isProgram = context.upstreams.find(call.upstream)?.kind === 'mcp-stdio';
  if (result !== undefined) round.answers[key] = result;
  else if (method === 'elicitation/create') round.answers[key] = { action: 'cancel' };
  // A program of the earlier revision is told that there is no answer; 2026-07-28 has no word for that.
  else if (!isProgram) call.over.abort(new AppError('action.input_refused'));
  return round.open.size === 0 && !call.over.signal.aborted;
}

function goOn(call: OpenCall, token: PresentedToken): Message {
  const { round } = call;
  const answers: JsonObject = { ...round?.answers };
  clearTimeout(round?.timer);
  call.round = undefined;
  call.caller = token;
  call.message = withAnswers(call.message, round?.state, answers);
  return call.message;
}
