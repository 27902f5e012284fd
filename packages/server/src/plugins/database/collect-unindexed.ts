import type { LedgerRecord } from '@countersign/api';
import type { Kysely } from 'kysely';
import { firstSeqOf, nameIndex, nameStream } from './ledger-streams.ts';
import { PageCollector } from './page-collector.ts';
import type { Schema } from './schema.ts';
import type { PayloadKeys } from './sealing/payload-keys.ts';

const recordsAtOnce = 1_000;

/** What a process that ended without a farewell had not indexed yet: a few thousand records at most. */
export async function collectUnindexed(
  sql: Kysely<Schema>,
  stream: number,
  keys: PayloadKeys,
): Promise<PageCollector> {
  const row = await sql
    .selectFrom('ledger_index')
    .select('indexed')
    .where('name', '=', nameIndex(stream))
    .executeTakeFirst();
  const indexed = row?.indexed ?? firstSeqOf(stream);
  const collector = new PageCollector(indexed);
  for (let from = indexed; ; from += recordsAtOnce) {
    const rows = await sql
      .selectFrom('ledger_entries as entries')
      .leftJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
      .select(['entries.seq', 'entries.id', 'entries.kind', 'entries.entry', 'payloads.sealed'])
      .where('entries.seq', '>=', from)
      .where('entries.seq', '<', from + recordsAtOnce)
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) {
      const read = keys.open({ stream: nameStream(stream), ...row });
      // What was erased is not found by what it said.
      const payload = typeof read === 'string' ? null : read.opening.payload;
      collector.add([readRecord(row.entry, payload)], row.seq);
    }
    if (rows.length < recordsAtOnce) return collector;
  }
}

/** What this server wrote itself. */
function readRecord(entry: string, payload: string | null): LedgerRecord {
  const facts: { notCanonical?: string } = payload === null ? {} : JSON.parse(payload);
  const whole: object = facts.notCanonical === undefined ? facts : JSON.parse(facts.notCanonical);
  return { ...whole, ...JSON.parse(entry) };
}
