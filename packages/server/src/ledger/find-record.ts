import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import { readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

/** A record by its id, for those that may read the ledger. */
export async function findRecord(sql: Kysely<Schema>, id: string): Promise<StoredRecord | undefined> {
  const row = await selectRecords(sql).where('entries.id', '=', id).executeTakeFirst();
  return row && readRecord(row);
}
