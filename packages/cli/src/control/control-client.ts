import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { readEvents, type ServerEvent } from './read-events.ts';
import { readRemoteError } from './remote-error.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A page of any list. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const longestWaitMilliseconds = 30_000;

/** The control plane of one server. Everything throws `RemoteError` for a refusal, `CliError` when nobody answers. */
export class ControlClient {
  readonly url: string;
  readonly #token: () => string;
  readonly #signal: AbortSignal;

  constructor(options: { url: string; token: () => string; signal: AbortSignal }) {
    this.url = options.url;
    this.#token = options.token;
    this.#signal = options.signal;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await (await this.#send('GET', path, { query })).json()) as T;
  }

  /** POST, PUT or DELETE; undefined for an answer without a body. */
  async send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await this.#send(method, path, body === undefined ? {} : { body });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** As `send`, for what takes as long as it takes. */
  async sendPatiently<T>(method: 'POST', path: string, body: object): Promise<T> {
    return (await (await this.#send(method, path, { body, isLong: true })).json()) as T;
  }

  /** All items of a list, page by page, at most `most`. */
  async list<T>(path: string, query: Query = {}, most = 1_000): Promise<readonly T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.get<Page<T>>(path, { ...query, cursor });
      items.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && items.length < most);
    return items.slice(0, most);
  }

  /** The body as it comes, for exports of any length. */
  async download(path: string, query: Query = {}, accept?: string): Promise<AsyncIterable<Uint8Array>> {
    const form = accept === undefined ? {} : { accept };
    const { body } = await this.#send('GET', path, { query, isLong: true, ...form });
    if (body === null) throw new CliError('the answer is empty', { exitCode: exitCodes.remote });
    return body;
  }

  /** Server-sent events until the server ends the stream. */
  async *events(path: string, query: Query = {}): AsyncGenerator<ServerEvent, void, void> {
    yield* readEvents(await this.download(path, query));
  }

  async #send(
    method: string,
    path: string,
    options: { query?: Query; body?: object; isLong?: boolean; accept?: string },
  ): Promise<Response> {
    const target = new URL(path, this.url);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) target.searchParams.set(name, String(value));
    }
    requireLoopback(target);
    const patience = options.isLong === true ? [] : [AbortSignal.timeout(longestWaitMilliseconds)];
    const init: RequestInit = {
      method,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      headers: {
        authorization: `Bearer ${this.#token()}`,
        ...(options.accept === undefined ? {} : { accept: options.accept }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      redirect: 'error',
      signal: AbortSignal.any([this.#signal, ...patience]),
    };
    const response = await fetch(target, init).catch((cause: unknown) => {
      if (this.#signal.aborted) throw cause;
      throw new CliError(`no answer from ${this.url}`, {
        exitCode: exitCodes.remote,
        fix: 'is the server running? `countersign up` starts it; --url or COUNTERSIGN_URL say where it is',
        cause,
      });
    });
    if (!response.ok) throw await readRemoteError(response);
    return response;
  }
}

/** The operator's token is for this machine alone: it must never reach another one, not even by a typing error. */
function requireLoopback({ hostname }: URL): void {
  const isLoopback =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (isLoopback) return;
  throw new CliError(`the operator token is never sent to another machine (${hostname})`, {
    fix: 'run this command on the machine of the server, with --url http://localhost:<port>',
  });
}
