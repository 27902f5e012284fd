import { AppError } from '@countersign/api';
import { type Dispatcher, request } from 'undici';
import { createSingleConnection } from './create-single-connection.ts';
import type { Lookup } from './guarded-connector.ts';
import { readBounded } from './read-bounded.ts';

export interface BoundedPost {
  readonly url: URL;
  /** POST when absent. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly certificateAuthority?: string;
  /** Of the answer; what is beyond it ends the exchange. None of it is read without this. */
  readonly maxBytes?: number;
  readonly lookup?: Lookup;
  /** Connections of the caller's, made with the same guard, that outlive this exchange. */
  readonly dispatcher?: Dispatcher;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly retryAfterMilliseconds?: number;
  readonly contentType: string;
  readonly etag?: string;
  readonly text: string;
  readonly bytes: Buffer;
}

const timeoutMilliseconds = 10_000;
const longestRetryAfterSeconds = 3_600;

/**
 * Speaks to a server that may hang, lie or lead elsewhere: no redirect is followed, the connection keeps the address that
 * was checked, and time and size of the whole are bounded. Throws `upstream.address_refused`, or what the network throws.
 */
export async function postBounded(post: BoundedPost): Promise<BoundedAnswer> {
  const { allowPrivate, certificateAuthority, lookup, maxBytes } = post;
  const dispatcher =
    post.dispatcher ??
    createSingleConnection({
      ...{ allowPrivate, timeoutMilliseconds },
      ...(lookup === undefined ? {} : { lookup }),
      ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    });
  try {
    const { statusCode, headers, body } = await request(post.url, {
      dispatcher,
      method: post.method ?? 'POST',
      headers: post.headers,
      ...(post.body === undefined ? {} : { body: post.body }),
      signal: AbortSignal.any([post.signal, AbortSignal.timeout(timeoutMilliseconds)]),
    });
    const bytes = maxBytes === undefined ? drop(body) : await readWhole(body, maxBytes);
    return {
      status: statusCode,
      contentType: String(headers['content-type'] ?? ''),
      ...{ bytes, text: bytes.toString('utf8') },
      ...readTag(headers.etag),
      ...readRetryAfter(headers['retry-after']),
    };
  } finally {
    if (post.dispatcher === undefined) await dispatcher.destroy();
  }
}

/** Cutting off what nobody reads is an error of the stream, and nobody else listens for it. */
function drop(body: Dispatcher.ResponseData['body']): Buffer {
  body.once('error', () => undefined).destroy();
  return Buffer.alloc(0);
}

function readWhole(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> {
  return readBounded(body, maxBytes, () => new RangeError('the answer is too large'));
}

/** Sent back as it is, so it must fit in a header. */
function readTag(header: string | string[] | undefined): { etag?: string } {
  return typeof header === 'string' && /^"[\x21\x23-\x7e]{1,128}"$/.test(header) ? { etag: header } : {};
}

/** Only seconds count: a date would be judged by the other side's clock. Hostile, so never longer than an hour. */
function readRetryAfter(header: string | string[] | undefined): { retryAfterMilliseconds?: number } {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header)) return {};
  return { retryAfterMilliseconds: Math.min(Number(header), longestRetryAfterSeconds) * 1000 };
}

/** Whether trying again could help, in our own words. */
export function describeFailure(thrown: unknown): { readonly why: string; readonly isFinal: boolean } {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    if (error instanceof AppError)
      return { why: error.code, isFinal: error.code === 'upstream.address_refused' };
    if (error.name === 'TimeoutError' || error.name === 'AbortError')
      return { why: 'it took too long', isFinal: false };
    if (error instanceof RangeError) return { why: 'the answer is too large', isFinal: false };
  }
  return { why: 'it cannot be reached', isFinal: false };
}
