import type { RecordKind } from '@countersign/api';
import { clockSlackMs, findSeqAt } from './find-seq-at.ts';
import { type LedgerSource, readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';
import { listStreams } from './streams/list-streams.ts';
import { readPlace, writePlace } from './streams/place.ts';

export interface BackwardsRange {
  readonly kinds: readonly RecordKind[];
  /** Epoch milliseconds. */
  readonly from: number;
  /** Where an earlier page said to go on; absent: from the newest on. */
  readonly before?: string;
}

export interface BackwardsPage {
  /** Of one stream, newest first. */
  readonly items: readonly StoredRecord[];
  /** Where to go on; null when nothing is left. */
  readonly next: string | null;
}

const seqsAtOnce = 500;

/**
 * The records of some kinds, newest first in each stream, in pages of bounded size: a reader holds no more than one of them. Of
 * several streams that goes on whose last page was the newest, so that pages follow time as closely as their size allows.
 */
export async function* readBackwards(
  store: LedgerSource,
  { kinds, from, before }: BackwardsRange,
): AsyncGenerator<BackwardsPage, void, void> {
  const open = await openStreams(store.sql, from, before);
  while (open.length > 0) {
    open.sort((one, other) => other.reachedAt - one.reachedAt || one.start - other.start);
    const [stream] = open;
    if (stream === undefined) return;
    const seq = Math.max(stream.start, stream.end - seqsAtOnce);
    const rows = await selectRecords(store.sql)
      .select('entries.at')
      .where('entries.seq', '>=', seq)
      .where('entries.seq', '<', stream.end)
      .where('entries.kind', 'in', kinds)
      .orderBy('entries.seq', 'desc')
      .execute();
    stream.reachedAt = rows.at(-1)?.at ?? stream.reachedAt;
    stream.end = seq;
    if (stream.end <= stream.start) open.shift();
    const left = new Map(open.map(({ stream: number, end }) => [number, end] as const));
    yield {
      items: rows.map((row) => readRecord(store, row)).filter(({ at }) => at >= from),
      next: writePlace(left),
    };
  }
}

interface OpenStream {
  readonly stream: number;
  readonly start: number;
  end: number;
  /** Time of the oldest record that was read of it. */
  reachedAt: number;
}

async function openStreams(
  sql: LedgerSource['sql'],
  from: number,
  before: string | undefined,
): Promise<OpenStream[]> {
  const place = before === undefined ? undefined : readPlace(before);
  const open: OpenStream[] = [];
  for (const range of await listStreams(sql)) {
    const end = place === undefined ? range.end : Math.min(range.end, place.get(range.stream) ?? range.start);
    const start = await findSeqAt(sql, range, from - clockSlackMs);
    if (start < end) open.push({ stream: range.stream, start, end, reachedAt: Number.MAX_SAFE_INTEGER });
  }
  return open;
}
