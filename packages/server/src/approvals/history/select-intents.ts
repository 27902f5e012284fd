import type { Kysely } from 'kysely';
import { readLedgerRecord, type StoredRecord, selectLedgerRecords } from '../../ledger/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** Together they are read into memory: what is longer stays unknown. */
const longestPayload = 32_768;

/** The intents with these ids that are short enough to be read by the hundred. */
export async function selectIntents(
  sql: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await selectLedgerRecords(sql)
    .where('entries.id', 'in', ids)
    .where(({ eb, fn }) => eb(fn<number>('length', ['payloads.payload']), '<=', longestPayload))
    .execute();
  return new Map(rows.map(readLedgerRecord).map((record) => [record.id, record]));
}
