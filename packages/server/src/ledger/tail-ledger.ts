import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

/** `after` is the `seq` of the last record seen; the newest one there is when absent. */
export const tailLedgerInput = z.strictObject({ after: z.coerce.number().int().min(0).optional() });

const recordsPerRead = 200;

/**
 * Every record after the cursor, in order, as it becomes durable; an empty list each time `idleMs` passes with none.
 * Reads from the store and keeps nothing itself, so a slow reader costs no memory. Ends when the signal is aborted.
 */
export async function tailLedger(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof tailLedgerInput>,
  options: { signal: AbortSignal; idleMs: number },
): Promise<AsyncGenerator<readonly StoredRecord[], void, void>> {
  requirePermission(actor, 'ledger.read');
  const { after } = tailLedgerInput.parse(input);
  return follow(context, after ?? (await findNewest(context)), options);
}

async function* follow(
  { store }: Pick<Context, 'store'>,
  after: number,
  { signal, idleMs }: { signal: AbortSignal; idleMs: number },
): AsyncGenerator<readonly StoredRecord[], void, void> {
  let last = after;
  let news = true;
  let wake = () => {};
  const stop = store.onAppended(() => {
    news = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      news = false;
      const rows = await selectRecords(store.sql)
        .where('entries.seq', '>', last)
        .orderBy('entries.seq')
        .limit(recordsPerRead)
        .execute();
      last = rows.at(-1)?.seq ?? last;
      if (rows.length > 0) yield rows.map((row) => readRecord(store, row));
      else if (!news && !signal.aborted && !(await waitFor(idleMs, (run) => (wake = run)))) yield [];
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

/** True when woken, false when the time is over. */
function waitFor(milliseconds: number, onWake: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    onWake(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function findNewest({ store }: Pick<Context, 'store'>): Promise<number> {
  const row = await store.sql
    .selectFrom('ledger_entries')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? -1;
}
