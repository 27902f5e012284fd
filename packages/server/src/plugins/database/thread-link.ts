import { Worker, type WorkerOptions } from 'node:worker_threads';
import { AppError } from '@countersign/api';
import type { ThreadReply, WriterEvent } from './messages.ts';
import { toStoreError } from './to-store-error.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const maximumWaiting = 20_000;

/** Requests to one worker thread and its answers, in order. When the thread dies, all that wait and all that come fail. */
export class ThreadLink<Request> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #onEvent: (event: WriterEvent) => void = () => {};
  #nextId = 0;
  #end: Error | undefined;

  /** `name` is the thread's file beside `caller`, without its ending: `.ts` from source, `.js` when built. */
  constructor(name: string, caller: ImportMeta, workerData: unknown) {
    const ending = caller.url.endsWith('.ts') ? '.ts' : '.js';
    const options: WorkerOptions = { workerData, name };
    this.#worker = new Worker(new URL(`./${name}${ending}`, caller.url), options);
    this.#worker.on('message', (reply: ThreadReply) => this.#answer(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error(`the thread ${name} has ended`)));
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** The thread's answer. `Result` is what the thread's file promises for this request. */
  request<Result>(request: Request): Promise<Result> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.size >= maximumWaiting) return Promise.reject(new AppError('server.overloaded'));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Result), reject });
      this.#worker.postMessage({ id, request });
    });
  }

  onEvent(listener: (event: WriterEvent) => void): void {
    this.#onEvent = listener;
  }

  async end(): Promise<void> {
    this.#fail(new Error('the store is closed'));
    await this.#worker.terminate();
  }

  #answer(reply: ThreadReply): void {
    if ('event' in reply) {
      this.#onEvent(reply.event);
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('failure' in reply) waiting?.reject(toStoreError(reply.failure));
    else waiting?.resolve(reply.value);
  }

  #fail(cause: Error): void {
    this.#end ??= new AppError('ledger.unavailable', { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}
