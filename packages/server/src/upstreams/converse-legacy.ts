import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type ClientQuestion, noAnswer } from './client-questions.ts';
import type { PeerAnswer } from './legacy-peer.ts';
import type { ClientSession, UpstreamRequest } from './live-upstream.ts';
import type { StdioSession } from './stdio-session.ts';

/** A call to a process that goes on while the client is asked; each round of questions and answers is a request here. */
export interface OpenCall {
  readonly answer: Promise<PeerAnswer>;
  /** Keys of the questions that were handed out and are to be answered before it goes on. */
  asked: readonly string[];
  onProgress(params: JsonObject): void;
  cut(reason: unknown): void;
  readonly waiting: NodeJS.Timeout | undefined;
  wait(milliseconds: number): void;
}

export type Rounds = PeerAnswer | { readonly inputRequests: JsonObject; readonly requestState: string };

/** Only these may be answered with a demand for input (MCP 2026-07-28, "Multi round-trip requests"). */
const methodsWithRounds: ReadonlySet<unknown> = new Set(['prompts/get', 'resources/read', 'tools/call']);
const clientMilliseconds = 600_000;
const longestTimerMilliseconds = 2_147_483_647;

export function hasRounds(request: UpstreamRequest): request is UpstreamRequest & { session: ClientSession } {
  return request.session !== undefined && methodsWithRounds.has(request.message.method);
}

/**
 * Carries one round of a call: sends it, or goes on with the one that waits for these answers. Gives the process's own
 * answer, or what it asks of the client meanwhile. A cut, a time-out or the session's end cuts the call at the process.
 */
export async function converseLegacy(
  stdio: StdioSession,
  request: UpstreamRequest & { session: ClientSession },
  params: (id: number) => JsonObject,
  onProgress: (params: JsonObject) => void,
): Promise<Rounds> {
  const call = resume(stdio, request) ?? start(stdio, request, params);
  call.onProgress = onProgress;
  const cut = () => call.cut(request.signal.reason);
  request.signal.addEventListener('abort', cut, { once: true });
  if (request.signal.aborted) cut();
  const patience = Math.min(request.timeoutMilliseconds, longestTimerMilliseconds);
  const timer = setTimeout(() => call.cut(new AppError('upstream.timed_out')), patience);
  const questions = listenForQuestions(stdio);
  try {
    const first = await Promise.race([call.answer, questions.asked]);
    return first === undefined ? park(stdio, call, questions.take()) : first;
  } finally {
    questions.stop();
    clearTimeout(timer);
    request.signal.removeEventListener('abort', cut);
  }
}

function start(
  stdio: StdioSession,
  { message, session }: UpstreamRequest & { session: ClientSession },
  params: (id: number) => JsonObject,
): OpenCall {
  const life = new AbortController();
  let waiting: NodeJS.Timeout | undefined;
  const cut = (reason: unknown) => life.abort(reason);
  const leave = () => cut(session.call.reason);
  const answer = stdio.peer
    .request({
      method: String(message.method),
      params,
      signal: life.signal,
      // Each round has its own deadline, and so has the wait between them.
      timeoutMilliseconds: Number.POSITIVE_INFINITY,
      onProgress: (progress) => call.onProgress(progress),
    })
    .finally(() => {
      clearTimeout(waiting);
      session.call.removeEventListener('abort', leave);
      for (const key of call.asked) stdio.questions.answer(key, noAnswer);
    });
  // While the client is asked nobody waits for it.
  answer.catch(() => {});
  const call: OpenCall = {
    answer,
    asked: [],
    onProgress: () => {},
    cut,
    get waiting() {
      return waiting;
    },
    wait(milliseconds) {
      waiting = setTimeout(() => cut(new AppError('upstream.timed_out')), milliseconds).unref();
    },
  };
  session.call.addEventListener('abort', leave, { once: true });
  if (session.call.aborted) leave();
  return call;
}

function park(stdio: StdioSession, call: OpenCall, asked: ReadonlyMap<string, ClientQuestion>): Rounds {
  // No key is used twice in a process.
  const ticket = [...asked.keys()].join('-');
  call.asked = [...asked.keys()];
  call.onProgress = () => {};
  call.wait(clientMilliseconds);
  stdio.parked.set(ticket, call);
  const forget = () => void stdio.parked.delete(ticket);
  call.answer.then(forget, forget);
  const inputRequests = [...asked].map(([key, { method, params }]) => [key, { method, params }] as const);
  return { inputRequests: Object.fromEntries(inputRequests), requestState: ticket };
}

/** The call that waits for the answers in this request, which it gets. Throws `approval.state_invalid` when it waits no more. */
function resume(stdio: StdioSession, { message }: UpstreamRequest): OpenCall | undefined {
  const params = isJsonObject(message.params) ? message.params : {};
  if (params.requestState === undefined) return undefined;
  const call = typeof params.requestState === 'string' ? stdio.parked.get(params.requestState) : undefined;
  if (call === undefined) throw new AppError('approval.state_invalid');
  stdio.parked.delete(String(params.requestState));
  clearTimeout(call.waiting);
  const given: JsonValue = params.inputResponses ?? {};
  const keys = call.asked;
  call.asked = [];
  for (const key of keys) {
    const result = isJsonObject(given) && Object.hasOwn(given, key) ? given[key] : undefined;
    stdio.questions.answer(key, isJsonObject(result) ? { result } : noAnswer);
  }
  return call;
}

function listenForQuestions({ questions }: StdioSession) {
  let stop = () => {};
  let found: ReadonlyMap<string, ClientQuestion> = new Map();
  const asked = new Promise<undefined>((resolve) => {
    const look = (): void => {
      if (found.size === 0) found = questions.take();
      if (found.size > 0) resolve(undefined);
    };
    stop = questions.onAsked(look);
    look();
  });
  return {
    asked,
    take() {
      const taken = found;
      found = new Map();
      return taken;
    },
    stop() {
      stop();
      // The answer came in the same moment: nobody will be asked.
      for (const key of found.keys()) questions.answer(key, noAnswer);
    },
  };
}
