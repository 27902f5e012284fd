import type { JsonObject } from '@countersign/core';
import { readLines } from '@countersign/ledger';
import type { Streams } from '../session.ts';
import { ClientLine } from './client-line.ts';
import { completeRequest } from './complete-legacy.ts';
import type { GatewayLink } from './gateway-link.ts';
import {
  errorMessage,
  type Message,
  type RequestId,
  readMessage,
  readMeta,
  readObject,
  refusalMessage,
  resultMessage,
  versionKey,
} from './json-rpc.ts';
import { LegacyListening } from './legacy-listening.ts';
import {
  type LegacyClient,
  readLegacyClient,
  toInitializeResult,
  toLegacyMessage,
  toModernParams,
} from './translate-legacy.ts';

const longestLineBytes = 8 * 1024 * 1024;
const mostInFlight = 100;
const graceMilliseconds = 10_000;
const logLevels = new Set(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);

type Request = Message & { readonly id: RequestId; readonly method: string };

export interface BridgeOptions {
  readonly link: GatewayLink;
  /** Cuts everything. */
  readonly ended: AbortSignal;
  /** Told of each page on which a person has to decide. */
  onPending(page: string): void;
}

/**
 * Serves one stdio client, of revision 2026-07-28 or an earlier one with a handshake, until its input ends or the
 * signal is aborted. Every request goes through the gateway; only `ping` and the handshake itself are answered here.
 */
export async function serveBridge(
  { stdin, stdout }: Pick<Streams, 'stdin' | 'stdout'>,
  options: BridgeOptions,
): Promise<void> {
  const { ended } = options;
  const bridge = new Bridge(new ClientLine(stdout), options);
  const stopReading = () => stdin.destroy();
  ended.addEventListener('abort', stopReading, { once: true });
  try {
    for await (const line of readLines(stdin, longestLineBytes)) {
      if (line.trim() !== '') bridge.receive(line);
    }
  } catch (error) {
    if (!ended.aborted) throw error;
  } finally {
    ended.removeEventListener('abort', stopReading);
  }
  await bridge.finish();
}

class Bridge {
  readonly #line: ClientLine;
  readonly #link: GatewayLink;
  readonly #ended: AbortSignal;
  readonly #onPending: (page: string) => void;
  readonly #listening: LegacyListening;
  readonly #inFlight = new Map<RequestId, AbortController>();
  readonly #working = new Set<Promise<void>>();
  readonly #finishing = new AbortController();
  #legacy: LegacyClient | undefined;
  #capabilities: JsonObject = {};

  constructor(line: ClientLine, { link, ended, onPending }: BridgeOptions) {
    this.#line = line;
    this.#link = link;
    this.#ended = ended;
    this.#onPending = onPending;
    this.#listening = new LegacyListening(link, line, AbortSignal.any([ended, this.#finishing.signal]));
  }

  receive(line: string): void {
    const read = readMessage(line);
    if ('error' in read) {
      this.#line.send(read.error);
      return;
    }
    const { message } = read;
    const { id, method, whole } = message;
    if (method === undefined) {
      if (id !== undefined) this.#line.receive(id, whole as { result?: JsonObject; error?: JsonObject });
    } else if (id === undefined) {
      this.#receiveNotification(method, message.params);
    } else {
      const working = this.#serve({ ...message, id, method }).finally(() => this.#working.delete(working));
      this.#working.add(working);
    }
  }

  /** The client will ask no more: gives what is in flight a moment, as when input came from a pipe, then cuts it. */
  async finish(): Promise<void> {
    this.#finishing.abort();
    const patience = setTimeout(() => {
      for (const request of this.#inFlight.values()) request.abort();
    }, graceMilliseconds);
    await Promise.all(this.#working);
    clearTimeout(patience);
  }

  #receiveNotification(method: string, params: JsonObject): void {
    if (method === 'notifications/cancelled') {
      const { requestId } = params;
      if (typeof requestId === 'string' || typeof requestId === 'number')
        this.#inFlight.get(requestId)?.abort();
    } else if (method === 'notifications/initialized' && this.#legacy !== undefined) {
      this.#listening.start(this.#legacy, this.#capabilities);
    }
  }

  async #serve(request: Request): Promise<void> {
    const { id, method } = request;
    if (this.#inFlight.has(id)) return this.#line.send(errorMessage(id, -32_600, 'this id is in use'));
    if (this.#inFlight.size >= mostInFlight) {
      return this.#line.send(refusalMessage(id, method, 'server.overloaded', ''));
    }
    const cancelled = new AbortController();
    this.#inFlight.set(id, cancelled);
    try {
      const answer = await this.#answer(request, AbortSignal.any([cancelled.signal, this.#ended]));
      const { link: page } = readObject(readMeta(readObject(answer.result))['countersign/approval']);
      if (typeof page === 'string') this.#onPending(page);
      this.#line.send(answer);
    } catch (error) {
      // A cancelled request gets no answer.
      if (!cancelled.signal.aborted && !this.#ended.aborted) {
        this.#line.send(refusalMessage(id, method, 'server.internal', (error as Error).message));
      }
    } finally {
      this.#inFlight.delete(id);
    }
  }

  async #answer(request: Request, signal: AbortSignal): Promise<JsonObject> {
    const { id, method, params } = request;
    const notify = (message: JsonObject) => this.#line.notify(message);
    if (typeof readMeta(params)[versionKey] === 'string') {
      return this.#link.send({ id, method, params, signal, onNotification: notify });
    }
    if (method === 'ping') return resultMessage(id, {});
    if (method === 'initialize') return this.#initialize(request, signal);
    const client = this.#legacy;
    if (client === undefined)
      return errorMessage(id, -32_600, 'initialize first, or speak revision 2026-07-28');
    return this.#answerLegacy(request, client, signal);
  }

  async #initialize({ id, params }: Request, signal: AbortSignal): Promise<JsonObject> {
    const client = readLegacyClient(params);
    const answer = await this.#link.send({
      id,
      method: 'server/discover',
      params: toModernParams({}, client),
      signal,
      onNotification: () => {},
    });
    if (answer.error !== undefined) return answer;
    const result = toInitializeResult(params.protocolVersion, readObject(answer.result));
    this.#legacy = client;
    this.#capabilities = readObject(result.capabilities);
    return resultMessage(id, result);
  }

  async #answerLegacy(request: Request, client: LegacyClient, signal: AbortSignal): Promise<JsonObject> {
    const { id, method, params } = request;
    if (method === 'logging/setLevel') {
      const { level } = params;
      if (typeof level !== 'string' || !logLevels.has(level))
        return errorMessage(id, -32_602, 'no such level');
      this.#legacy = { ...client, logLevel: level };
      return resultMessage(id, {});
    }
    if (method === 'resources/subscribe' || method === 'resources/unsubscribe') {
      if (typeof params.uri !== 'string') return errorMessage(id, -32_602, 'params.uri must be a string');
      this.#listening.change(client, method, params.uri);
      return resultMessage(id, {});
    }
    const answer = await completeRequest(this.#link, this.#line, {
      id,
      method,
      params: toModernParams(params, client),
      signal,
      onNotification: (message) => this.#line.notify(toLegacyMessage(message)),
    });
    return toLegacyMessage(answer);
  }
}
