import type { BoundedAnswer } from '../../../outbound/post-bounded.ts';
import type { SinkOutcome } from '../ledger-sink.ts';
import { describeStatus } from '../post-events.ts';
import type { S3Place } from './create-s3-tiles-sink.ts';

export interface NewObject {
  readonly name: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly at: number;
  readonly signal: AbortSignal;
  /** Of what stands there already where it is not equal byte for byte. */
  isSame?(held: Buffer): boolean;
  /** Where it goes when something else stands there: without it, that is a failure. */
  readonly otherName?: string;
  /** Of what stands there already, where it may be longer than a tile. */
  readonly maxBytes?: number;
}

/**
 * Writes an object that must not be there, or must be the same: nothing in the bucket is ever written over, and nothing is
 * taken for written because something stands there.
 */
export async function putNew({ bucket, prefix }: S3Place, object: NewObject): Promise<SinkOutcome> {
  const { body, contentType, at, signal, maxBytes, otherName, isSame } = object;
  const name = `${prefix}${object.name}`;
  const answer = await bucket.put(name, body, { only: 'new', contentType, at, signal });
  if (isWritten(answer)) return { outcome: 'delivered' };
  // Another writer was at it just now (409), or it is there (412).
  if (answer.status === 409) return { outcome: 'failed', why: 'the answer was 409' };
  if (answer.status !== 412) return asFailure(describeStatus(answer));
  const held = await bucket.get(name, { at, signal, ...(maxBytes === undefined ? {} : { maxBytes }) });
  if (held.status !== 200) return asFailure(describeStatus(held));
  if (held.bytes.equals(body) || isSame?.(held.bytes) === true) return { outcome: 'delivered' };
  if (otherName === undefined)
    return { outcome: 'failed', why: `the bucket holds something else as ${object.name}` };
  return putNew({ bucket, prefix }, { name: otherName, body, contentType, at, signal });
}

/** S3 gives what it wrote a tag; who says yes without one may be anybody. */
export function isWritten({ status, etag }: Pick<BoundedAnswer, 'etag' | 'status'>): boolean {
  return status >= 200 && status < 300 && etag !== undefined;
}

/** No object is refused for what is in it: without each of them the log would have a hole. */
export function asFailure(outcome: SinkOutcome): SinkOutcome {
  return outcome.outcome === 'refused' ? { outcome: 'failed', why: outcome.why } : outcome;
}
