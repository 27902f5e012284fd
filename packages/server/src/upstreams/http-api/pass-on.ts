import { createHash } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { ApiExchange, ApiReply } from './exchange.ts';
import type { Deadline } from './open-deadline.ts';

export interface Passing extends Pick<ApiReply, 'status' | 'headers'> {
  readonly type: string;
  readonly exchange: ApiExchange;
  readonly deadline: Deadline;
  readonly most: number;
}

/**
 * Passes a body on as it comes and returns what there is to say of it: its length and digest. Each piece gives the next one
 * the whole patience again. Throws `upstream.result_too_large` beyond `most` bytes.
 */
export async function passOn(body: AsyncIterable<Buffer>, passing: Passing): Promise<JsonObject> {
  const { exchange, deadline, most, type, status, headers } = passing;
  const sink = exchange.open({ status, headers });
  const digest = createHash('sha256');
  let length = 0;
  for await (const chunk of body) {
    deadline.extend();
    length += chunk.length;
    if (length > most) throw new AppError('upstream.result_too_large');
    digest.update(chunk);
    await untilOver(deadline.signal, sink.write(chunk));
  }
  await untilOver(deadline.signal, sink.end());
  const text = `${length} bytes of ${type === '' ? 'an unnamed type' : type}, SHA-256 ${digest.digest('base64url')}`;
  return { content: [{ type: 'text', text }] };
}

/** A reader that stops reading must not keep what has been ended. */
export function untilOver(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(signal.reason);
    if (signal.aborted) return cut();
    signal.addEventListener('abort', cut, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut));
  });
}
