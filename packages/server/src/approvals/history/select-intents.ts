import {
  type LedgerSource,
  readLedgerRecord,
  type StoredRecord,
  selectLedgerRecords,
} from '../../ledger/index.ts';

/** Together they are read into memory: what is longer stays unknown. */
const longestPayload = 32_768;

/** The intents with these ids that are short enough to be read by the hundred. */
export async function selectIntents(
  store: LedgerSource,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await selectLedgerRecords(store.sql)
    .where('entries.id', 'in', ids)
    .where(({ eb, fn }) => eb(fn<number>('length', ['payloads.sealed']), '<=', longestPayload))
    .execute();
  return new Map(rows.map((row) => readLedgerRecord(store, row)).map((record) => [record.id, record]));
}
