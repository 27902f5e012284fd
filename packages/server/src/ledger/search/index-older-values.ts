import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import { visitRecordValues } from '../../plugins/database/record-values.ts';
import { hideValues } from '../../plugins/database/value-pages.ts';
import { readRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';

const recordsAtOnce = 256;
/** Calls are served in between. */
const pauseMs = 50;
const dayMs = 86_400_000;

/**
 * Makes values of arguments found that were recorded before values were indexed: one step, the newest first, which is whole or
 * not there at all, so that a start after a crash goes on where it stopped. Returns when to come again.
 */
export async function indexOlderValues(context: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const { store, platform } = context;
  const end = await findOlderEnd(store);
  if (end === 0) return platform.now() + dayMs;
  const start = Math.max(0, end - recordsAtOnce);
  const rows = await selectRecords(store.sql)
    .where('entries.seq', '>=', start)
    .where('entries.seq', '<', end)
    .where('entries.kind', '=', 'action.intent')
    .orderBy('entries.seq')
    .execute();
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const record = readRecord(store, row);
    // What was erased is not found by what it said.
    if (record.body === undefined) continue;
    visitRecordValues(record as LedgerRecord, (value) => {
      const seqs = found.get(value) ?? [];
      if (seqs.at(-1) !== row.seq) found.set(value, [...seqs, row.seq]);
    });
  }
  const pages = hideValues([...found], store.keyring.keys);
  await store.transaction(async (tx) => {
    // Another gateway may have made the step.
    const step = await tx.sql
      .updateTable('ledger_index')
      .set({ indexed: start })
      .where('name', '=', 'older-values')
      .where('indexed', '=', end)
      .executeTakeFirst();
    if (step.numUpdatedRows === 0n) return;
    for (const { block, term, firstSeq, seqs } of pages)
      await tx.sql
        .insertInto('ledger_value_pages')
        .values({ block, term, first_seq: firstSeq, seqs })
        .onConflict((conflict) => conflict.columns(['block', 'term', 'first_seq']).doNothing())
        .execute();
    if (start === 0) await tx.sql.deleteFrom('ledger_index').where('name', '=', 'older-values').execute();
  });
  return platform.now() + pauseMs;
}

/** How many of the oldest records cannot be found by their values yet. */
export async function findOlderEnd({ sql }: Pick<Context['store'], 'sql'>): Promise<number> {
  const row = await sql
    .selectFrom('ledger_index')
    .select('indexed')
    .where('name', '=', 'older-values')
    .executeTakeFirst();
  return row?.indexed ?? 0;
}
