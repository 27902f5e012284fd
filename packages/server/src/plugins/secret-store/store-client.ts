import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import { Pool } from 'undici';
import { isLoopbackHost } from '../../outbound/is-loopback-host.ts';
import { readBounded } from '../../outbound/read-bounded.ts';

export interface StoreRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute path with query, already encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
}

export interface StoreAnswer {
  readonly status: number;
  /** Null without a body. Hostile until its reader has checked it. */
  readonly body: JsonValue;
}

/** Speaks JSON with one remote secret store. Throws `secret.unavailable`, whose text holds nothing of an answer. */
export interface StoreClient {
  send(request: StoreRequest): Promise<StoreAnswer>;
  close(): Promise<void>;
}

export interface StoreClientOptions {
  /** Of the store, for errors. */
  readonly name: string;
  readonly url: string;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca?: string;
  readonly timeoutMilliseconds?: number;
}

const answerBytes = 1_048_576;
const headerBytes = 16_384;
const defaultTimeoutMilliseconds = 5_000;
const mostConnections = 8;

/** HTTPS, or plain http to this machine; no redirects, no retries, an end to every size and time. */
export function createStoreClient(options: StoreClientOptions): StoreClient {
  const { name, ca, timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  const url = requireStoreUrl(options.url, name);
  const base = url.pathname.replace(/\/+$/, '');
  const pool = new Pool(url.origin, {
    connections: mostConnections,
    pipelining: 1,
    maxHeaderSize: headerBytes,
    headersTimeout: timeoutMilliseconds,
    bodyTimeout: timeoutMilliseconds,
    connect: { timeout: timeoutMilliseconds, ...(ca === undefined ? {} : { ca }) },
  });
  return {
    async send({ method, path, headers = {}, body }) {
      const answer = await pool
        .request({
          method,
          path: `${base}${path}`,
          headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
          body: body === undefined ? null : JSON.stringify(body),
          signal: AbortSignal.timeout(timeoutMilliseconds),
        })
        .catch((cause: unknown) => {
          throw new AppError('secret.unavailable', { detail: `${name} does not answer`, cause });
        });
      const status = answer.statusCode;
      try {
        if (status >= 300 && status < 400) throw lied(name, 'it redirects');
        if (answer.headers['content-encoding'] !== undefined) throw lied(name, 'its answer is encoded');
        const bytes = await readBounded(answer.body, answerBytes, () =>
          lied(name, 'its answer is too large'),
        );
        return { status, body: parseBody(bytes, name) };
      } catch (thrown) {
        answer.body.on('error', () => {}).destroy();
        if (thrown instanceof AppError) throw thrown;
        throw new AppError('secret.unavailable', { detail: `${name} did not finish its answer` });
      }
    },
    close: () => pool.destroy(),
  };
}

/** Throws `config.invalid` unless it is https, or http to this machine, without credentials, query or fragment. */
export function requireStoreUrl(text: string, name: string): URL {
  const url = URL.parse(text);
  const refuse = (why: string) => new AppError('config.invalid', { detail: `secret store ${name}: ${why}` });
  if (url === null) throw refuse('url is no URL');
  if (url.username !== '' || url.password !== '') throw refuse('url carries credentials');
  if (url.search !== '' || url.hash !== '') throw refuse('url has a query or fragment');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    throw refuse('url must be https, or http to this machine');
  return url;
}

// Hostile input. A parser's complaint quotes what it could not read, so it is never passed on.
function parseBody(bytes: Buffer, name: string): JsonValue {
  if (bytes.length === 0) return null;
  if (!isUtf8(bytes)) throw lied(name, 'its answer is not UTF-8');
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    throw lied(name, 'its answer is not JSON');
  }
}

function lied(name: string, what: string): AppError {
  return new AppError('secret.unavailable', { detail: `${name} cannot be trusted: ${what}` });
}
