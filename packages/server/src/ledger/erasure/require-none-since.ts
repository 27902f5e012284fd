import { AppError } from '@countersign/api';
import { type LedgerSource, type RecordRow, readRecord, type StoredRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';
import { listStreams, type StreamRange } from '../streams/list-streams.ts';
import { isKept } from './erasure-work.ts';

const mostSince = 2_000;

/** Nothing that names it has come while the rest was looked up. Throws `ledger.selection_changed`. */
export async function requireNoneSince(
  source: LedgerSource,
  id: string,
  before: readonly StreamRange[],
): Promise<void> {
  const known = new Map(before.map(({ stream, end }) => [stream, end]));
  const rows: RecordRow[] = [];
  for (const { stream, start, end } of await listStreams(source.sql)) {
    const news = selectRecords(source.sql)
      .where('entries.seq', '>=', known.get(stream) ?? start)
      .where('entries.seq', '<', end);
    rows.push(...(await news.limit(mostSince).execute()));
  }
  const found = rows.map((row) => readRecord(source, row)).some((record) => names(record, id));
  if (found || rows.length >= mostSince) throw new AppError('ledger.selection_changed');
}

function names({ kind, action, task, person }: StoredRecord, id: string): boolean {
  return !isKept(kind) && [action, task, person].includes(id);
}
