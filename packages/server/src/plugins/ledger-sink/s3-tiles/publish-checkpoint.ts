import { type Checkpoint, parseCheckpoint, parseNote } from '@countersign/ledger';
import type { SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import { describeStatus } from '../post-events.ts';
import type { S3Place } from './create-s3-tiles-sink.ts';
import { asFailure, isWritten } from './put-object.ts';

/**
 * Replaces the checkpoint in the bucket, if nobody else has meanwhile. One of a larger log, or of another, stays: then
 * the log here was rolled back or is another, and that must be seen.
 */
export async function publishCheckpoint(
  { bucket, prefix }: S3Place,
  { size, note }: { readonly size: number; readonly note: string },
  { at, signal }: Pick<SinkBatch, 'at' | 'signal'>,
): Promise<SinkOutcome> {
  const name = `${prefix}checkpoint`;
  const held = await bucket.get(name, { at, signal });
  if (held.status !== 200 && held.status !== 404) return asFailure(describeStatus(held));
  if (held.status === 200) {
    const known = readCheckpoint(held.bytes.toString('utf8'));
    if (known === undefined || known.origin !== readCheckpoint(note)?.origin)
      return { outcome: 'failed', why: 'the bucket has the checkpoint of another log' };
    if (known.size > size)
      return { outcome: 'failed', why: `the bucket has a checkpoint over ${known.size} records` };
    if (known.size === size) return { outcome: 'delivered' };
    if (held.etag === undefined) return { outcome: 'failed', why: 'the bucket gives no tag' };
  }
  const answer = await bucket.put(name, Buffer.from(note, 'utf8'), {
    only: held.etag === undefined ? 'new' : { etag: held.etag },
    ...{ contentType: 'text/plain; charset=utf-8', at, signal },
  });
  return isWritten(answer) ? { outcome: 'delivered' } : asFailure(describeStatus(answer));
}

/** Hostile text: whoever can write to the bucket wrote it. */
function readCheckpoint(text: string): Checkpoint | undefined {
  const note = parseNote(text);
  return note && parseCheckpoint(note.text);
}
