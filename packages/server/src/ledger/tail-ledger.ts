import { AppError } from '@countersign/api';
import { matchesGroup } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { firstSeqOf, streamOf } from '../plugins/database/ledger-streams.ts';
import { findSeqAt } from './find-seq-at.ts';
import { type LedgerSource, type RecordRow, readRecord, type StoredRecord } from './ledger-record.ts';
import { recordRead } from './reads/record-read.ts';
import { type Reading, requireReading } from './scope/reading.ts';
import { queryText } from './search/query-text.ts';
import { readQuery, resolveQuery } from './search/resolve-query.ts';
import { showWhole } from './search/search-group.ts';
import { selectRecords } from './select-records.ts';
import { findTime, listStreams } from './streams/list-streams.ts';
import { placeText, readPlace } from './streams/place.ts';

/** `q`: only what this search finds. `after` is the place of the last record seen; the newest there is when absent. */
export const tailLedgerInput = z.strictObject({
  after: placeText.optional(),
  q: queryText.optional(),
});

const recordsPerRead = 200;
/** Nobody tells what another gateway has written, so that it is looked for. */
const sharedPauseMs = 500;

/** A record, and where to go on after it. */
export interface TailedRecord {
  readonly place: string;
  readonly record: StoredRecord;
}

type TailRow = RecordRow & { readonly at: number };

/**
 * Every record after the cursor, in order, as it becomes durable; an empty list each time `idleMs` passes with none.
 * Names and times of the search are looked up once, at the beginning; throws `ledger.query_invalid`. Reads from the store and keeps nothing itself, so a slow reader costs no memory. Ends when the signal is aborted.
 */
export async function tailLedger(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof tailLedgerInput>,
  options: { signal: AbortSignal; idleMs: number },
): Promise<AsyncGenerator<readonly TailedRecord[], void, void>> {
  const reading = await requireReading(context, actor, 'ledger.read');
  const { after, q = '' } = tailLedgerInput.parse(input);
  if (q !== '' && !reading.seesContent) throw new AppError('person.forbidden', { detail: 'ledger content' });
  const groups = await resolveQuery(context.store.sql, readQuery(q), context.platform.now());
  const isWanted = (record: StoredRecord) =>
    reading.isVisible(record) && groups.some((group) => matchesGroup(showWhole(record), group));
  await recordRead(context, actor, { how: 'tail', selection: q === '' ? {} : { q } });
  return follow(context, await findPlace(context.store.sql, after), { ...options, isWanted, reading });
}

async function* follow(
  { store }: Pick<Context, 'store'>,
  ends: Map<number, number>,
  options: {
    signal: AbortSignal;
    idleMs: number;
    isWanted: (record: StoredRecord) => boolean;
    reading: Reading;
  },
): AsyncGenerator<readonly TailedRecord[], void, void> {
  const { signal, isWanted, reading } = options;
  const idleMs = store.seat.isShared ? Math.min(options.idleMs, sharedPauseMs) : options.idleMs;
  let silentMs = 0;
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
      const rows = await readNews(store.sql, ends);
      // Whoever's access ends meanwhile gets nothing that was read after it.
      if (!(await reading.isLive())) return;
      const records = rows.flatMap((row) => {
        ends.set(streamOf(row.seq), row.seq + 1);
        const record = readRecord(store, row);
        return isWanted(record) ? [{ place: writeSeen(ends), record: reading.show(record) }] : [];
      });
      if (records.length > 0) {
        silentMs = 0;
        yield records;
      } else if (rows.length > 0) continue;
      else if (!news && !signal.aborted && !(await waitFor(idleMs, (run) => (wake = run)))) {
        silentMs += idleMs;
        if (silentMs < options.idleMs) continue;
        silentMs = 0;
        yield [];
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

/** What came since, the oldest first: as much as one read takes of each stream. Streams that are new are among them. */
async function readNews(sql: LedgerSource['sql'], ends: Map<number, number>): Promise<readonly TailRow[]> {
  const rows: TailRow[] = [];
  for (const { stream, start, end } of await listStreams(sql)) {
    const from = ends.get(stream) ?? start;
    if (!ends.has(stream)) ends.set(stream, start);
    if (from >= end) continue;
    const some = await selectRecords(sql)
      .select('entries.at')
      .where('entries.seq', '>=', from)
      .where('entries.seq', '<', end)
      .orderBy('entries.seq')
      .limit(recordsPerRead)
      .execute();
    rows.push(...some);
  }
  // The order within a stream is kept, whatever its clock says.
  return mergeByTime(rows);
}

function mergeByTime(rows: readonly TailRow[]): readonly TailRow[] {
  const queues = [...Map.groupBy(rows, ({ seq }) => streamOf(seq)).values()].map((some) => [...some]);
  if (queues.length <= 1) return rows;
  const merged: TailRow[] = [];
  while (merged.length < rows.length) {
    const [first] = queues
      .filter((queue) => queue.length > 0)
      .sort((one, other) => (one[0]?.at ?? 0) - (other[0]?.at ?? 0));
    const next = first?.shift();
    if (next === undefined) break;
    merged.push(next);
  }
  return merged;
}

/** The last record seen of each stream of which any was. */
function writeSeen(ends: ReadonlyMap<number, number>): string {
  const seen = [...ends].filter(([stream, end]) => end > firstSeqOf(stream)).map(([, end]) => end - 1);
  return seen.sort((one, other) => one - other).join('.');
}

/** Where to go on in each stream. A single number is one record: the others then begin where its time is. */
async function findPlace(sql: LedgerSource['sql'], after: string | undefined): Promise<Map<number, number>> {
  const streams = await listStreams(sql);
  if (after === undefined) return new Map(streams.map(({ stream, end }) => [stream, end]));
  const seen = readPlace(after);
  const at = seen.size === 1 && streams.length > 1 ? await findTime(sql, Number(after)) : 0;
  const ends = new Map<number, number>();
  for (const range of streams) {
    const last = seen.get(range.stream);
    ends.set(range.stream, last === undefined ? await findSeqAt(sql, range, at) : last + 1);
  }
  return ends;
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
