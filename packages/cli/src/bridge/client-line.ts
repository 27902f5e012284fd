import type { Writable } from 'node:stream';
import type { JsonObject } from '@countersign/core';
import type { RequestId } from './json-rpc.ts';

type Answer = { readonly result?: JsonObject; readonly error?: JsonObject };

const mostUnreadBytes = 8 * 1024 * 1024;

/** The way to the client: one message a line, and requests of our own to it. */
export class ClientLine {
  readonly #out: Writable;
  readonly #asked = new Map<RequestId, (answer: Answer) => void>();
  #nextId = 1;

  constructor(out: Writable) {
    this.#out = out;
  }

  send(message: JsonObject): void {
    this.#out.write(`${JSON.stringify(message)}\n`);
  }

  /** Notifications are dropped for a client that does not read: it must not fill our memory. */
  notify(message: JsonObject): void {
    if (this.#out.writableLength < mostUnreadBytes) this.send(message);
  }

  /** Asks the client, as only earlier revisions do. Rejects when the signal is aborted. */
  ask(method: string, params: JsonObject, signal: AbortSignal): Promise<Answer> {
    const id = `countersign-${this.#nextId++}`;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#asked.delete(id);
        this.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#asked.set(id, (answer) => {
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      });
      this.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** An answer by the client; one to nothing is dropped. */
  receive(id: RequestId, answer: Answer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}
