import { createHash } from 'node:crypto';
import { tileWidth } from '@countersign/ledger';
import { describeFailure } from '../../../outbound/post-bounded.ts';
import type { LedgerSink, SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import type { LogReader } from '../log-reader.ts';
import { hasSameRecords } from './has-same-records.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { putNew } from './put-object.ts';
import { S3Bucket, type S3Parts } from './s3-bucket.ts';
import { writeTiles } from './write-tiles.ts';

export interface S3TilesParts extends S3Parts {
  readonly name: string;
  /** Of the names of all objects; empty, or ends in a slash. */
  readonly prefix: string;
  readonly publishMilliseconds: number;
  readonly log: LogReader;
}

/** Further behind than this, what is full comes first and a checkpoint later. */
const mostAhead = 4 * tileWidth;
const mostRecordBytes = 134_217_728;

/**
 * The log as C2SP tlog-tiles have it, and beside it the records as JSON lines: `records/<from>-<to>.jsonl`. All but
 * `checkpoint` is written once and never changed; what is there already must be the same. Throws
 * `upstream.address_refused`.
 */
export function createS3TilesSink(parts: S3TilesParts): LedgerSink {
  const bucket = new S3Bucket(parts);
  const place = { bucket, prefix: parts.prefix };
  let publishedAt = 0;
  const run = async (work: () => Promise<SinkOutcome>): Promise<SinkOutcome> => {
    try {
      return await work();
    } catch (thrown) {
      return { outcome: 'failed', why: describeFailure(thrown).why };
    }
  };
  const deliver = async (batch: SinkBatch): Promise<SinkOutcome> => {
    const written = await writeTiles(place, parts.log, { ...batch, partial: false });
    if (written.outcome !== 'delivered') return written;
    const kept = await writeRecords(place, batch);
    if (kept.outcome !== 'delivered') return kept;
    // Nothing may come after the newest record for long, and that one is to be covered too.
    const isNewest = batch.to % tileWidth !== 0 || batch.to >= (await parts.log.size());
    const isDue = isNewest || batch.at - publishedAt >= parts.publishMilliseconds;
    if (!isDue) return kept;
    const checkpoint = await parts.log.checkpoint();
    if (checkpoint.size - batch.to > mostAhead) return kept;
    const { at, signal } = batch;
    const rest = { from: batch.to, to: checkpoint.size, at, signal, partial: true };
    const ahead = await writeTiles(place, parts.log, rest);
    if (ahead.outcome !== 'delivered') return ahead;
    const published = await publishCheckpoint(place, parts.log, checkpoint, batch);
    if (published.outcome === 'delivered') publishedAt = batch.at;
    return published;
  };
  return {
    ...{ name: parts.name, kind: 's3-tiles' },
    batches: { records: tileWidth, isWhole: true, waitMilliseconds: parts.publishMilliseconds },
    deliver: (batch) => run(() => deliver(batch)),
    test: (batch) => run(() => tryBucket(place, batch)),
    close: () => bucket.close(),
  };
}

export interface S3Place {
  readonly bucket: S3Bucket;
  readonly prefix: string;
}

async function writeRecords(
  place: S3Place,
  { from, to, records, at, signal }: SinkBatch,
): Promise<SinkOutcome> {
  if (records.length === 0) return { outcome: 'delivered' };
  const name = `records/${[from, to].map((seq) => String(seq).padStart(12, '0')).join('-')}`;
  const body = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''), 'utf8');
  // What else stands there somebody put there, or settings chose that have changed since: these are kept all the same.
  const digest = createHash('sha256').update(body).digest('hex');
  return putNew(place, {
    ...{ name: `${name}.jsonl`, otherName: `${name}-${digest}.jsonl` },
    ...{ body, contentType: 'application/jsonl', maxBytes: mostRecordBytes, at, signal },
    isSame: (held) => hasSameRecords(held, records),
  });
}

async function tryBucket(place: S3Place, { records, at, signal }: SinkBatch): Promise<SinkOutcome> {
  const name = `tests/${records[0]?.id ?? at}`;
  const body = Buffer.from('countersign\n', 'utf8');
  return putNew(place, { name, body, contentType: 'text/plain', at, signal });
}
