import type { LedgerRecord } from '@countersign/api';
import type { Kysely } from 'kysely';
import { PageCollector } from './page-collector.ts';
import type { Schema } from './schema.ts';

const recordsAtOnce = 1_000;

/** What a process that ended without a farewell had not indexed yet: a few thousand records at most. */
export async function collectUnindexed(sql: Kysely<Schema>): Promise<PageCollector> {
  const row = await sql.selectFrom('ledger_index').select('indexed').executeTakeFirst();
  const indexed = row?.indexed ?? 0;
  const collector = new PageCollector(indexed);
  for (let from = indexed; ; from += recordsAtOnce) {
    const rows = await sql
      .selectFrom('ledger_entries as entries')
      .leftJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
      .select(['entries.seq', 'entries.entry', 'payloads.payload'])
      .where('entries.seq', '>=', from)
      .where('entries.seq', '<', from + recordsAtOnce)
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) collector.add([readRecord(row)], row.seq);
    if (rows.length < recordsAtOnce) return collector;
  }
}

/** What this server wrote itself. */
function readRecord({ entry, payload }: { entry: string; payload: string | null }): LedgerRecord {
  const facts: { notCanonical?: string } = payload === null ? {} : JSON.parse(payload);
  const whole: object = facts.notCanonical === undefined ? facts : JSON.parse(facts.notCanonical);
  return { ...whole, ...JSON.parse(entry) };
}
