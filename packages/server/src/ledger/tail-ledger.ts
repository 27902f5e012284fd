import { AppError } from '@countersign/api';
import { matchesGroup } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { readRecord, type StoredRecord } from './ledger-record.ts';
import { recordRead } from './reads/record-read.ts';
import { type Reading, requireReading } from './scope/reading.ts';
import { queryText } from './search/query-text.ts';
import { readQuery, resolveQuery } from './search/resolve-query.ts';
import { showWhole } from './search/search-group.ts';
import { selectRecords } from './select-records.ts';

/** `q`: only what this search finds. `after` is the `seq` of the last record seen; the newest one there is when absent. */
export const tailLedgerInput = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  q: queryText.optional(),
});

const recordsPerRead = 200;

/**
 * Every record after the cursor, in order, as it becomes durable; an empty list each time `idleMs` passes with none.
 * Names and times of the search are looked up once, at the beginning; throws `ledger.query_invalid`. Reads from the store and keeps nothing itself, so a slow reader costs no memory. Ends when the signal is aborted.
 */
export async function tailLedger(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof tailLedgerInput>,
  options: { signal: AbortSignal; idleMs: number },
): Promise<AsyncGenerator<readonly StoredRecord[], void, void>> {
  const reading = await requireReading(context, actor, 'ledger.read');
  const { after, q = '' } = tailLedgerInput.parse(input);
  if (q !== '' && !reading.seesContent) throw new AppError('person.forbidden', { detail: 'ledger content' });
  const groups = await resolveQuery(context.store.sql, readQuery(q), context.platform.now());
  const isWanted = (record: StoredRecord) =>
    reading.isVisible(record) && groups.some((group) => matchesGroup(showWhole(record), group));
  await recordRead(context, actor, { how: 'tail', selection: q === '' ? {} : { q } });
  return follow(context, after ?? (await findNewest(context)), { ...options, isWanted, reading });
}

async function* follow(
  { store }: Pick<Context, 'store'>,
  after: number,
  options: {
    signal: AbortSignal;
    idleMs: number;
    isWanted: (record: StoredRecord) => boolean;
    reading: Reading;
  },
): AsyncGenerator<readonly StoredRecord[], void, void> {
  const { signal, idleMs, isWanted, reading } = options;
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
      // Whoever's access ends meanwhile gets nothing that was read after it.
      if (!(await reading.isLive())) return;
      const records = rows
        .map((row) => readRecord(store, row))
        .filter(isWanted)
        .map(reading.show);
      if (records.length > 0) yield records;
      else if (rows.length > 0) continue;
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
