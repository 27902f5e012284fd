import type { ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';

/** One event stream of a session, over as many connections as it takes, one at a time. */
export interface EventStream {
  /** Numbers the message, keeps it for a client that resumes, and sends it when somebody listens. */
  send(message: JsonObject): void;
  /** Sends what is last, a whole message or nothing, and ends the connection. */
  finish(last: string | null): void;
  /** Takes the place of the connection before. `after`: the last number the client has; null when it is new here. */
  attach(response: ServerResponse, headers: Readonly<Record<string, string>>, after: number | null): void;
  /** Ends that connection, if it is still the one. */
  leave(response: ServerResponse): void;
  readonly isAttached: boolean;
}

/** The streams of one session; ids of events mean nothing in another. */
export interface EventLog {
  /** For what belongs to no call. It ends with the session. */
  readonly own: EventStream;
  /** For the answer to one call. */
  open(): EventStream;
  /** Hostile: where a client wants to go on. Throws `action.event_unknown`. */
  find(lastEventId: string): { readonly stream: EventStream; readonly after: number };
  close(): void;
}

/** How much is kept for clients that resume, over all sessions; beyond it a stream cannot be resumed. */
export interface ReplayBudget {
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

interface Kept {
  readonly stream: string;
  readonly number: number;
  readonly text: string;
}

const mostKeptBytes = 512 * 1024;
const mostKeptEvents = 512;
const mostUnsentBytes = 1_048_576;
const keepAliveMilliseconds = 15_000;
const retryMilliseconds = 1_000;
const eventId = /^([A-Za-z0-9_-]{12})\.(\d{1,9})$/;

export function createReplayBudget(mostBytes: number): ReplayBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > mostBytes) return false;
      used += bytes;
      return true;
    },
    giveBack(bytes) {
      used -= bytes;
    },
  };
}

export interface EventLogParts {
  readonly budget: ReplayBudget;
  readonly isPrimed: boolean;
  /** Unguessable, 12 characters of base64url. */
  newKey(): string;
}

export function createEventLog(parts: EventLogParts): EventLog {
  const streams = new Map<string, Stream>();
  const kept: Kept[] = [];
  let keptBytes = 0;

  const forgetStream = (key: string): void => {
    if (!kept.some((one) => one.stream === key)) streams.delete(key);
  };
  const forgetOldest = (): void => {
    const oldest = kept.shift();
    if (oldest === undefined) return;
    keptBytes -= oldest.text.length;
    parts.budget.giveBack(oldest.text.length);
    const stream = streams.get(oldest.stream);
    stream?.forget(oldest.number);
    if (stream?.isOver === true) forgetStream(oldest.stream);
  };
  const keep = (event: Kept): boolean => {
    const bytes = event.text.length;
    if (bytes > mostKeptBytes) return false;
    while (keptBytes + bytes > mostKeptBytes || kept.length >= mostKeptEvents) forgetOldest();
    if (!parts.budget.take(bytes)) return false;
    keptBytes += bytes;
    kept.push(event);
    return true;
  };
  const open = (): Stream => {
    const key = parts.newKey();
    const list = (after: number) => kept.filter((one) => one.stream === key && one.number > after);
    const stream = new Stream(key, parts.isPrimed, { keep, list, forget: () => forgetStream(key) });
    streams.set(key, stream);
    return stream;
  };
  const own = open();

  return {
    own,
    open,
    find(lastEventId) {
      const [, key = '', digits = ''] = eventId.exec(lastEventId) ?? [];
      const stream = streams.get(key);
      const after = Number(digits);
      if (stream === undefined || !stream.canResume(after)) throw new AppError('action.event_unknown');
      return { stream, after };
    },
    close() {
      for (const stream of streams.values()) stream.finish(null);
      streams.clear();
      while (kept.length > 0) forgetOldest();
    },
  };
}

/** What the log keeps for one stream. */
interface EventStore {
  keep(event: Kept): boolean;
  list(after: number): readonly Kept[];
  /** When it is over and nothing of it is kept. */
  forget(): void;
}

class Stream implements EventStream {
  readonly #key: string;
  readonly #isPrimed: boolean;
  readonly #store: EventStore;
  #response: ServerResponse | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #number = 0;
  #sent = 0;
  #lost = 0;
  isOver = false;

  constructor(key: string, isPrimed: boolean, store: EventStore) {
    this.#key = key;
    this.#isPrimed = isPrimed;
    this.#store = store;
  }

  get isAttached(): boolean {
    return this.#response !== undefined;
  }

  /** Nothing that came after that number was lost. */
  canResume(after: number): boolean {
    return after >= this.#lost && after <= this.#number;
  }

  forget(number: number): void {
    this.#lost = Math.max(this.#lost, number);
  }

  send(message: JsonObject): void {
    if (!this.isOver) this.#append(JSON.stringify(message));
  }

  finish(last: string | null): void {
    if (this.isOver) return;
    if (last !== null) this.#append(last);
    this.isOver = true;
    this.#detach()?.end();
    this.#store.forget();
  }

  attach(response: ServerResponse, headers: Readonly<Record<string, string>>, after: number | null): void {
    this.#detach()?.end();
    if (response.destroyed) return;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const from = after ?? this.#sent;
    if (this.#isPrimed) response.write(`retry: ${retryMilliseconds}\nid: ${this.#key}.${from}\ndata: \n\n`);
    else response.flushHeaders();
    this.#response = response;
    response.once('close', () => this.#response === response && this.#detach());
    for (const event of this.#store.list(from)) this.#write(event);
    if (this.isOver) this.#detach()?.end();
    else this.#keepAlive = setInterval(() => response.write(': keep-alive\n\n'), keepAliveMilliseconds);
  }

  leave(response: ServerResponse): void {
    if (this.#response === response) this.#detach()?.end();
  }

  #append(text: string): void {
    const event = { stream: this.#key, number: ++this.#number, text };
    if (!this.#store.keep(event)) this.#lost = event.number;
    this.#write(event);
  }

  #write({ number, text }: Kept): void {
    const response = this.#response;
    if (response === undefined) return;
    // A slow reader must not fill our memory; what is kept it can fetch again.
    if (response.writableLength > mostUnsentBytes) return void this.#detach()?.destroy();
    response.write(`event: message\nid: ${this.#key}.${number}\ndata: ${text}\n\n`);
    this.#sent = number;
  }

  #detach(): ServerResponse | undefined {
    const response = this.#response;
    clearInterval(this.#keepAlive);
    this.#response = undefined;
    return response;
  }
}
