import { AppError } from '@countersign/api';
import { type LedgerSource, readRecord, type StoredRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';
import { isKept } from './erasure-work.ts';

const mostSince = 2_000;

/** Nothing that names it has come while the rest was looked up. Throws `ledger.selection_changed`. */
export async function requireNoneSince(source: LedgerSource, id: string, from: number): Promise<void> {
  const rows = await selectRecords(source.sql).where('entries.seq', '>=', from).limit(mostSince).execute();
  const found = rows.map((row) => readRecord(source, row)).some((record) => names(record, id));
  if (found || rows.length === mostSince) throw new AppError('ledger.selection_changed');
}

function names({ kind, action, task, person }: StoredRecord, id: string): boolean {
  return !isKept(kind) && [action, task, person].includes(id);
}
