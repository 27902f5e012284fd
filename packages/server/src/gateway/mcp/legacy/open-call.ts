import { AppError, toAppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import type { Message } from '../../../actions/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import type { CallReply } from './call-reply.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import { type LegacySession, nameId } from './session.ts';

/** What an upstream wants to know before it goes on. */
export interface Round {
  readonly state: JsonValue | undefined;
  /** Numbers of the questions that are still open. */
  readonly open: Set<number>;
  readonly answers: { [key: string]: JsonObject };
  /** Ends the call when nobody answers. */
  readonly timer: NodeJS.Timeout;
}

/** One request of a client, from its arrival until its answer, over the rounds in which the client itself is asked. */
export interface OpenCall {
  readonly session: LegacySession;
  readonly request: LegacyRequest;
  readonly reply: CallReply;
  /** Aborts when the client cancels, or when the session ends. */
  readonly over: AbortController;
  readonly receivedAt: number;
  /** Where its message goes. */
  readonly upstream: string;
  /** Who went on with it last. */
  caller: PresentedToken;
  /** As it last went out. */
  message: Message;
  round: Round | undefined;
  rounds: number;
  /** Once it is answered: nothing of it stays behind. Harmless when called again. */
  close(): void;
}

export interface OpenCallParts {
  readonly session: LegacySession;
  readonly request: LegacyRequest;
  readonly reply: CallReply;
  readonly over: AbortController;
  readonly receivedAt: number;
  readonly upstream: string;
  readonly caller: PresentedToken;
  readonly message: Message;
  /** Writes why it ended, when that happens while nothing but the client is waited for. */
  refuse(error: AppError): void;
}

const mostCalls = 64;

/** Throws `action.session_full`, or `action.malformed` for an id that is in use. */
export function openCall(parts: OpenCallParts): OpenCall {
  const { session, request, over } = parts;
  const name = nameId(request.id);
  if (session.calls.size >= mostCalls) throw new AppError('action.session_full');
  if (session.calls.has(name)) throw new AppError('action.malformed', { detail: 'the id is in use' });
  const end = () => over.abort(session.ended.reason);
  const call: OpenCall = {
    session,
    request,
    reply: parts.reply,
    over,
    receivedAt: parts.receivedAt,
    upstream: parts.upstream,
    caller: parts.caller,
    message: parts.message,
    round: undefined,
    rounds: 0,
    close() {
      if (session.calls.get(name) === call) session.calls.delete(name);
      for (const number of call.round?.open ?? []) session.questions.delete(number);
      clearTimeout(call.round?.timer);
      call.round = undefined;
      session.ended.removeEventListener('abort', end);
      if (session.ended.aborted && session.calls.size === 0) session.log.close();
    },
  };
  over.signal.addEventListener('abort', () => call.round && parts.refuse(toAppError(over.signal.reason)), {
    once: true,
  });
  session.ended.addEventListener('abort', end, { once: true });
  session.calls.set(name, call);
  return call;
}
