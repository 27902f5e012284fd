import {
  type Checkpoint,
  computeRoot,
  equalBytes,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from '@countersign/ledger';
import type { SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import type { LogReader } from '../log-reader.ts';
import { describeStatus } from '../post-events.ts';
import type { S3Place } from './create-s3-tiles-sink.ts';
import { asFailure, isWritten } from './put-object.ts';

/**
 * Replaces the checkpoint in the bucket, if nobody else has meanwhile. One that this log signed and does not begin with
 * stays: then the log here was rolled back or forked, and that must be seen. One of somebody else stays, too.
 */
export async function publishCheckpoint(
  { bucket, prefix }: S3Place,
  log: Pick<LogReader, 'hashAt' | 'vkey'>,
  { size, note }: { readonly size: number; readonly note: string },
  { at, signal }: Pick<SinkBatch, 'at' | 'signal'>,
): Promise<SinkOutcome> {
  const name = `${prefix}checkpoint`;
  const held = await bucket.get(name, { at, signal });
  if (held.status !== 200 && held.status !== 404) return asFailure(describeStatus(held));
  if (held.status === 200) {
    const known = readCheckpoint(held.bytes.toString('utf8'), log.vkey);
    if (typeof known === 'string') return { outcome: 'failed', why: known };
    if (!(await isStartOf(log, known, size)))
      return {
        outcome: 'failed',
        why: `rolled back or forked: this ledger of ${size} records does not begin with the ${known.size} of the checkpoint in the bucket`,
      };
    if (known.size === size) return { outcome: 'delivered' };
    if (held.etag === undefined) return { outcome: 'failed', why: 'the bucket gives no tag' };
  }
  const answer = await bucket.put(name, Buffer.from(note, 'utf8'), {
    only: held.etag === undefined ? 'new' : { etag: held.etag },
    ...{ contentType: 'text/plain; charset=utf-8', at, signal },
  });
  return isWritten(answer) ? { outcome: 'delivered' } : asFailure(describeStatus(answer));
}

/** Hostile text: whoever can write to the bucket wrote it. Without our signature nothing it says is believed. */
function readCheckpoint(text: string, vkey: string): Checkpoint | string {
  const key = parseVerifierKey(vkey);
  const note = parseNote(text);
  const known = note && parseCheckpoint(note.text);
  if (key === undefined || note === undefined || known === undefined)
    return 'what the bucket has as its checkpoint is none';
  if (known.origin !== key.name) return 'the bucket has the checkpoint of another log';
  return verifyNote(note, key) === 'verified'
    ? known
    : 'the checkpoint in the bucket is not signed by this ledger';
}

async function isStartOf(
  { hashAt }: Pick<LogReader, 'hashAt'>,
  known: Checkpoint,
  size: number,
): Promise<boolean> {
  return known.size <= size && equalBytes(await computeRoot(known.size, hashAt), known.root);
}
