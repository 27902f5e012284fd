import { type RetentionClass, retentionClassOf } from '@countersign/api';
import type { Context } from '../../context.ts';
import { beginErasure } from '../erasure/begin-erasure.ts';
import { keptKinds } from '../erasure/erasure-work.ts';
import { finishErasures } from '../erasure/finish-erasures.ts';
import { planErasure } from '../erasure/plan-erasure.ts';
import { findSeqAt } from '../find-seq-at.ts';
import { isHeld, listInForce } from '../holds/find-holds.ts';
import { openRecord, type RecordRow, readRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';

const seqsAtOnce = 2_000;

/**
 * Destroys the keys of a class's payloads recorded before a time, but for what is on hold, a bounded number of records a
 * step. Returns whether there is more to do.
 */
export async function retireClass(
  context: Pick<Context, 'store' | 'platform'>,
  retentionClass: RetentionClass,
  before: number,
): Promise<boolean> {
  const { store } = context;
  const name = `retired:${retentionClass}`;
  const from = await readProgress(store, name);
  // Records are timed before they wait for their turn: a few may be retired a moment later, none sooner.
  const end = await findSeqAt(store.sql, before);
  const to = Math.min(end, from + seqsAtOnce);
  if (to <= from) return false;
  const rows = await selectRecords(store.sql)
    .where('entries.seq', '>=', from)
    .where('entries.seq', '<', to)
    .where('entries.at', '<', before)
    .orderBy('entries.seq')
    .execute();
  const holds = await listInForce(context);
  const records = rows
    .filter((row) => isOfClass(row, retentionClass) && typeof openRecord(store, row) !== 'string')
    .map((row) => readRecord(store, row))
    .filter((record) => !keptKinds.has(record.kind) && !isHeld(record, holds));
  if (records.length > 0) {
    const work = await planErasure(store.sql, records);
    const body = { class: retentionClass, before, from, to };
    await beginErasure(context, 'retirement', work, { kind: 'ledger.retired', causes: [], body });
    await finishErasures(context);
  }
  await writeProgress(store, name, to);
  return to < end;
}

function isOfClass({ kind, sealed }: RecordRow, retentionClass: RetentionClass): boolean {
  return sealed !== null && retentionClassOf(kind) === retentionClass;
}

async function readProgress({ sql }: Context['store'], name: string): Promise<number> {
  const row = await sql
    .selectFrom('ledger_index')
    .select('indexed')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.indexed ?? 0;
}

async function writeProgress({ sql }: Context['store'], name: string, indexed: number): Promise<void> {
  await sql
    .insertInto('ledger_index')
    .values({ name, indexed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ indexed }))
    .execute();
}
