import { AppError } from '@countersign/api';
import { type Dispatcher, request } from 'undici';
import { createSingleConnection } from '../../outbound/create-single-connection.ts';
import type { Lookup } from '../../outbound/guarded-connector.ts';
import { readBounded } from '../../outbound/read-bounded.ts';

export interface BoundedPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly certificateAuthority?: string;
  /** Of the answer; what is beyond it ends the exchange. None of it is read without this. */
  readonly maxBytes?: number;
  readonly lookup?: Lookup;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly retryAfterMilliseconds?: number;
  readonly contentType: string;
  readonly text: string;
}

const timeoutMilliseconds = 10_000;
const longestRetryAfterSeconds = 3_600;

/**
 * POSTs to a server that may hang, lie or lead elsewhere: no redirect is followed, the connection keeps the address that
 * was checked, and time and size of the whole are bounded. Throws `upstream.address_refused`, or what the network throws.
 */
export async function postBounded(post: BoundedPost): Promise<BoundedAnswer> {
  const { allowPrivate, certificateAuthority, lookup, maxBytes } = post;
  const dispatcher = createSingleConnection({
    ...{ allowPrivate, timeoutMilliseconds },
    ...(lookup === undefined ? {} : { lookup }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  });
  try {
    const { statusCode, headers, body } = await request(post.url, {
      dispatcher,
      method: 'POST',
      headers: post.headers,
      body: post.body,
      signal: AbortSignal.any([post.signal, AbortSignal.timeout(timeoutMilliseconds)]),
    });
    const text = maxBytes === undefined ? drop(body) : await readText(body, maxBytes);
    return {
      status: statusCode,
      contentType: String(headers['content-type'] ?? ''),
      text,
      ...readRetryAfter(headers['retry-after']),
    };
  } finally {
    await dispatcher.destroy();
  }
}

/** Cutting off what nobody reads is an error of the stream, and nobody else listens for it. */
function drop(body: Dispatcher.ResponseData['body']): string {
  body.once('error', () => undefined).destroy();
  return '';
}

async function readText(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const bytes = await readBounded(body, maxBytes, () => new RangeError('the answer is too large'));
  return bytes.toString('utf8');
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
