import { type RetentionClass, retentionClassOf } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { beginErasure, type PlannedErasure } from '../erasure/begin-erasure.ts';
import { isKept } from '../erasure/erasure-work.ts';
import { finishErasures } from '../erasure/finish-erasures.ts';
import { planRetirement } from '../erasure/plan-erasure.ts';
import { findSeqAt } from '../find-seq-at.ts';
import { isHeld, listInForce } from '../holds/find-holds.ts';
import { openRecord, type RecordRow, readRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';
import { listStreams, type StreamRange } from '../streams/list-streams.ts';
import { type Progress, readProgress, writeProgress } from './progress.ts';
import { putOff } from './waiting-copies.ts';

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
  let hasMore = false;
  for (const range of await listStreams(context.store.sql))
    if (await retireStream(context, retentionClass, range, before)) hasMore = true;
  return hasMore;
}

async function retireStream(
  context: Pick<Context, 'store' | 'platform'>,
  retentionClass: RetentionClass,
  range: StreamRange,
  before: number,
): Promise<boolean> {
  const { store } = context;
  const { stream } = range;
  const progress = await readProgress(store.sql, retentionClass, stream);
  const end = await findSeqAt(store.sql, range, before);
  const step = { ...progress, to: Math.min(end, progress.from + seqsAtOnce), before };
  if (step.to <= step.from) return false;
  const begun = await beginErasure(context, 'retirement', async (tx) => {
    // A hold that ended meanwhile has put the progress back: then the next step begins there.
    const { from, passed } = await readProgress(tx.sql, retentionClass, stream);
    if (from !== step.from || passed !== step.passed) return undefined;
    return planStep({ store, tx, now: context.platform.now() }, retentionClass, { ...step, stream, end });
  });
  if (begun !== undefined) await finishErasures(context);
  return step.to < end;
}

async function planStep(
  { store, tx, now }: { readonly store: Context['store']; readonly tx: Transaction; readonly now: number },
  retentionClass: RetentionClass,
  step: Progress & {
    readonly stream: number;
    readonly to: number;
    readonly end: number;
    readonly before: number;
  },
): Promise<PlannedErasure | undefined> {
  const { from, to, before } = step;
  const rows = await selectRecords(tx.sql)
    .select('entries.at')
    .where('entries.seq', '>=', from)
    .where('entries.seq', '<', to)
    .orderBy('entries.seq')
    .execute();
  // Records are timed before they wait for their turn: those that are too young yet are come back for.
  const passed = step.passed ?? rows.find(({ at }) => at >= before)?.seq;
  const next = to < step.end ? { from: to, passed } : { from: passed ?? to, passed: undefined };
  await writeProgress(tx.sql, retentionClass, step.stream, next);
  const holds = await listInForce(tx.sql);
  const records = rows
    .filter((row) => row.at < before && isOfClass(row, retentionClass))
    .filter((row) => typeof openRecord(store, row) !== 'string')
    .map((row) => readRecord(store, row))
    .filter((record) => !isKept(record.kind) && !isHeld(record, holds));
  if (records.length === 0) return undefined;
  const work = await putOff(tx, await planRetirement(tx.sql, records, retentionClass), now);
  const body = { class: retentionClass, before, from, to };
  return { work, told: { kind: 'ledger.retired', causes: [], body } };
}

function isOfClass({ kind, sealed }: RecordRow, retentionClass: RetentionClass): boolean {
  return sealed !== null && retentionClassOf(kind) === retentionClass;
}
