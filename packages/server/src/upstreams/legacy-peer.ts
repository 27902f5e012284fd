import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { isNotification, lied } from './json-rpc.ts';

/** Sends messages to the other side and hears from it. */
export interface Wire {
  send(message: JsonObject): Promise<void>;
}

export interface PeerRequest {
  readonly method: string;
  /** Gets the id of the request, which is also its progress token. */
  params(id: number): JsonObject;
  readonly signal: AbortSignal;
  readonly timeoutMilliseconds: number;
  onProgress(params: JsonObject): void;
}

export type PeerAnswer = { readonly result: JsonObject } | { readonly error: JsonValue };

/** Our side of a JSON-RPC conversation with one legacy process, with ids and progress tokens of our own. */
export interface LegacyPeer {
  readonly waiting: number;
  request(request: PeerRequest): Promise<PeerAnswer>;
  notify(method: string): void;
  /** Takes a hostile message. Throws `upstream.lied` for one that ends the conversation. */
  receive(message: JsonObject): void;
  /** Rejects everything that waits. */
  fail(error: unknown): void;
}

interface Waiting {
  settle(outcome: PeerAnswer | { readonly thrown: unknown }): void;
  onProgress(params: JsonObject): void;
}

const longestTimerMilliseconds = 2_147_483_647;
const methodNotFound = -32_601;

/** What the other side may ask for, or undefined for what it may not. */
export type AnswerRequest = (method: unknown, params: JsonObject) => Promise<PeerAnswer> | undefined;

export function createLegacyPeer(
  wire: Wire,
  onNotification: (message: JsonObject) => void,
  answerRequest: AnswerRequest = () => undefined,
): LegacyPeer {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;

  const say = (message: JsonObject): void => {
    wire.send(message).catch(() => {});
  };

  const receiveNotification = (message: JsonObject): void => {
    const params = isJsonObject(message.params) ? message.params : {};
    const token = params.progressToken;
    if (message.method !== 'notifications/progress') onNotification(message);
    else if (typeof token === 'number') waiting.get(token)?.onProgress(params);
  };

  const receiveAnswer = (message: JsonObject): void => {
    const { id } = message;
    const issued = typeof id === 'number' && Number.isInteger(id) && id >= 1 && id < nextId;
    if (!issued) throw lied('an answer to a request that was never made');
    // None is waiting when it was cancelled or timed out before.
    waiting.get(id)?.settle(readAnswer(message));
  };

  return {
    get waiting() {
      return waiting.size;
    },
    request({ method, params, signal, timeoutMilliseconds, onProgress }) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const settle: Waiting['settle'] = (outcome) => {
          if (!waiting.delete(id)) return;
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          if ('thrown' in outcome) reject(outcome.thrown);
          else resolve(outcome);
        };
        const cancel = (thrown: unknown, reason: string): void => {
          say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
          settle({ thrown });
        };
        const abort = () => cancel(signal.reason, 'cut');
        waiting.set(id, { settle, onProgress });
        signal.addEventListener('abort', abort, { once: true });
        if (timeoutMilliseconds <= longestTimerMilliseconds) {
          timer = setTimeout(
            () => cancel(new AppError('upstream.timed_out'), 'too slow'),
            timeoutMilliseconds,
          );
        }
        wire.send({ jsonrpc: '2.0', id, method, params: params(id) }).catch((cause: unknown) => {
          settle({ thrown: new AppError('upstream.failed', { cause }) });
        });
      });
    },
    receive(message) {
      if (isNotification(message)) return receiveNotification(message);
      if (!Object.hasOwn(message, 'method')) return receiveAnswer(message);
      const { id = null, method } = message;
      if (method === 'ping') return say({ jsonrpc: '2.0', id, result: {} });
      // Sampling, roots and elicitation are for the client to grant; without a session there is none to be asked.
      const answer = answerRequest(method, isJsonObject(message.params) ? message.params : {});
      if (answer !== undefined) return void answer.then((given) => say({ jsonrpc: '2.0', id, ...given }));
      say({ jsonrpc: '2.0', id, error: { code: methodNotFound, message: 'not supported by this client' } });
    },
    notify: (method) => say({ jsonrpc: '2.0', method }),
    fail(error) {
      for (const one of [...waiting.values()]) one.settle({ thrown: error });
    },
  };
}

function readAnswer(message: JsonObject): PeerAnswer {
  const { result, error = null } = message;
  const hasResult = Object.hasOwn(message, 'result');
  if (hasResult === Object.hasOwn(message, 'error')) throw lied('result and error, or neither');
  if (!hasResult) return { error };
  if (!isJsonObject(result)) throw lied('the result is no object');
  return { result };
}
