import { isJsonObject, parseStrictJson } from '@countersign/core';
import { type Dispatcher, request } from 'undici';
import { createSingleConnection } from '../../outbound/create-single-connection.ts';
import type { Lookup } from '../../outbound/guarded-connector.ts';
import { requirePushAddress } from './push-address.ts';

export interface Push {
  readonly url: string;
  readonly allowPrivate: boolean;
  /** The Authorization header that the receiver wants. */
  readonly authorization: string | null;
  readonly set: string;
  readonly lookup?: Lookup;
}

/** `err`: the receiver looked at it and said no (RFC 8935 §2.3). */
export type PushResult =
  | { readonly kind: 'delivered' | 'failed' }
  | { readonly kind: 'refused'; readonly err: string };

const timeoutMilliseconds = 5_000;
const longestAnswer = 4_096;

/**
 * Hands one event to its receiver (RFC 8935 §2). No redirect is followed, the connection keeps the address that was
 * checked, time and answer are bounded.
 */
export async function postEvent({
  url,
  allowPrivate,
  authorization,
  set,
  lookup,
}: Push): Promise<PushResult> {
  let dispatcher: Dispatcher | undefined;
  try {
    const address = requirePushAddress(url, allowPrivate);
    dispatcher = createSingleConnection({
      ...{ allowPrivate, timeoutMilliseconds },
      ...(lookup === undefined ? {} : { lookup }),
    });
    const response = await request(address, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        ...(authorization === null ? {} : { authorization }),
      },
      body: set,
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return await readResult(response);
  } catch {
    return { kind: 'failed' };
  } finally {
    await dispatcher?.destroy();
  }
}

async function readResult({ statusCode, body }: Dispatcher.ResponseData): Promise<PushResult> {
  if (statusCode === 400) return { kind: 'refused', err: await readError(body) };
  // Cutting off what nobody reads is an error of the stream, and nobody else listens for it.
  body.once('error', () => undefined).destroy();
  return { kind: statusCode >= 200 && statusCode < 300 ? 'delivered' : 'failed' };
}

/** The code alone: what else the other side wrote is its own. */
async function readError(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > longestAnswer) return 'unreadable';
    chunks.push(chunk);
  }
  const parsed = parseStrictJson(Buffer.concat(chunks).toString('utf8'), {
    depth: 4,
    keys: 16,
    stringLength: 4096,
  });
  return readErrorCode(parsed.ok && isJsonObject(parsed.value) ? parsed.value.err : undefined);
}

/** A code that can stand in a record: hostile text never does. */
export function readErrorCode(value: unknown): string {
  return typeof value === 'string' && /^[a-z][a-z_]{0,63}$/.test(value) ? value : 'unreadable';
}
