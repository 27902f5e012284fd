import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** Records with their payloads, where these have not been erased. */
export function selectRecords(sql: Kysely<Schema>) {
  return sql
    .selectFrom('ledger_entries as entries')
    .leftJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
    .select(['entries.seq', 'entries.entry', 'payloads.payload', 'payloads.salt']);
}
