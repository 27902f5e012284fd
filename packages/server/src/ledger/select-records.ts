import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** Records with their sealed payloads, where these have not been erased: `readLedgerRecord` opens them. */
export function selectRecords(sql: Kysely<Schema>) {
  return sql
    .selectFrom('ledger_entries as entries')
    .leftJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
    .select(['entries.seq', 'entries.id', 'entries.kind', 'entries.entry', 'payloads.sealed']);
}
