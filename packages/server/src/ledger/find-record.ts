import { type LedgerSource, readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

/** A record by its id, for those that may read the ledger. */
export async function findRecord(store: LedgerSource, id: string): Promise<StoredRecord | undefined> {
  const row = await selectRecords(store.sql).where('entries.id', '=', id).executeTakeFirst();
  return row && readRecord(store, row);
}
