import type { Context } from '../context.ts';
import { readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

/** At most `limit` records from `from` up to, not including, `before`, in the order of the ledger. */
export async function readForwards(
  { store }: Pick<Context, 'store'>,
  { from, before, limit }: { readonly from: number; readonly before: number; readonly limit: number },
): Promise<readonly StoredRecord[]> {
  const rows = await selectRecords(store.sql)
    .where('entries.seq', '>=', from)
    .where('entries.seq', '<', before)
    .orderBy('entries.seq')
    .limit(limit)
    .execute();
  return rows.map((row) => readRecord(store, row));
}
