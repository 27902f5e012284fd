import type { Context } from '../../context.ts';
import type { SinkRecord } from '../../plugins/ledger-sink/ledger-sink.ts';
import { readForwards } from '../read-forwards.ts';
import type { StreamRange } from '../streams/list-streams.ts';
import { choosesRecord } from './choose-record.ts';
import { makeSinkRecord } from './make-sink-record.ts';
import type { FedSink } from './sink-state.ts';

/** A record has up to 1 MiB, so few are held at once. */
const recordsPerRead = 64;
/** Of the records of one batch, as JSON; one that is larger goes alone. */
const mostBytes = 1_048_576;
/** The same where whole batches are wanted. */
const mostWholeBytes = 8_388_608;
/** Looked at for one batch, where few are chosen. */
const mostScanned = 2_048;

export interface BatchRange {
  readonly from: number;
  readonly to: number;
  readonly records: readonly SinkRecord[];
}

/** The next part of a stream for a sink; undefined when there is none, or it waits for more. */
export async function readBatch(
  context: Pick<Context, 'platform' | 'store'>,
  fed: FedSink,
  { from, stream }: { readonly from: number; readonly stream: StreamRange },
): Promise<BatchRange | undefined> {
  const { end } = stream;
  if (from >= end) {
    fed.waitsSince = null;
    return undefined;
  }
  if (!fed.sink.batches.isWhole) return collect(context, fed, { from, end });
  const size = fed.sink.batches.records;
  const boundary = (Math.floor(from / size) + 1) * size;
  if (boundary > end && !hasWaited(fed, context.platform.now())) return undefined;
  return readWhole(context, fed, { from, to: Math.min(boundary, end) });
}

/** A clock that went back begins the wait anew. */
function hasWaited(fed: FedSink, now: number): boolean {
  if (fed.waitsSince === null || fed.waitsSince > now) fed.waitsSince = now;
  return now - fed.waitsSince >= fed.sink.batches.waitMilliseconds;
}

async function collect(
  context: Pick<Context, 'store'>,
  { settings, most }: FedSink,
  { from, end }: { readonly from: number; readonly end: number },
): Promise<BatchRange> {
  const records: SinkRecord[] = [];
  let bytes = 0;
  let next = from;
  while (next < end && next - from < mostScanned && records.length < most) {
    const page = await readForwards(context, { from: next, before: end, limit: recordsPerRead });
    if (page.length === 0) break;
    for (const stored of page) {
      if (choosesRecord(settings.records, stored)) {
        const record = makeSinkRecord(stored, settings.content);
        bytes += JSON.stringify(record).length;
        const isFull = records.length >= most || (bytes > mostBytes && records.length > 0);
        if (isFull) return { from, to: stored.seq, records };
        records.push(record);
      }
      next = stored.seq + 1;
    }
  }
  return { from, to: next, records };
}

async function readWhole(
  context: Pick<Context, 'store'>,
  { settings }: FedSink,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<BatchRange> {
  const records: SinkRecord[] = [];
  let bytes = 0;
  for (let next = from; next < to; next += recordsPerRead) {
    const before = Math.min(next + recordsPerRead, to);
    for (const stored of await readForwards(context, { from: next, before, limit: recordsPerRead })) {
      if (!choosesRecord(settings.records, stored)) continue;
      const record = makeSinkRecord(stored, settings.content);
      bytes += JSON.stringify(record).length;
      if (bytes > mostWholeBytes && records.length > 0) return { from, to: stored.seq, records };
      records.push(record);
    }
  }
  return { from, to, records };
}
