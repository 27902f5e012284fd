import type { LedgerRecord } from '@countersign/api';
import { parseEntry } from '@countersign/ledger';
import type { Context } from '../context.ts';
import { readLedgerRecord, type StoredRecord, selectLedgerRecords } from '../ledger/index.ts';
import { firstSeqOf } from '../plugins/database/ledger-streams.ts';
import { registerSeat, settleSeat } from './settle-seat.ts';

/** An action outlives its decision by an hour at most, the longest task; so many records never fit in between. */
const newestRecords = 100_000;
const recordsAtOnce = 5_000;
const ends: ReadonlySet<string> = new Set([
  'action.outcome',
  'action.refused',
  'action.release',
  'approval.requested',
]);

/** The records of one process: from one `seq` up to before another. */
export interface SeqRange {
  readonly from: number;
  readonly end: number;
}

/**
 * At every start, because not only a crash but a full disk too loses outcomes: settles what processes before this one have
 * left, and this one under the name it has, before it does anything. Returns how many outcomes were lost.
 */
export async function recordLostOutcomes(context: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const { sql, seat } = context.store;
  const left = await sql
    .selectFrom('ledger_seats')
    .leftJoin('ledger_streams', (join) =>
      join
        .onRef('ledger_streams.number', '=', 'ledger_seats.stream')
        .onRef('ledger_streams.holder', '=', 'ledger_seats.holder'),
    )
    .select(['ledger_seats.stream', 'ledger_seats.holder', 'ledger_streams.number'])
    .orderBy('ledger_seats.stream')
    .orderBy('ledger_seats.turn')
    .execute();
  let lost = 0;
  for (const { stream, holder, number } of left) {
    // Others may work beside this one: of those that are in their place somebody has to prove first that they do not.
    const mayWork = seat.isShared && number !== null && holder !== seat.holder;
    if (!mayWork) lost += await settleSeat(context, { stream, holder });
  }
  await registerSeat(context);
  return lost;
}

/**
 * Decisions of the range that let a call out whose outcome was never written. Whether the upstream acted is not known, and the
 * records say so.
 */
export async function describeLostOutcomes(
  context: Pick<Context, 'store' | 'platform'>,
  range: SeqRange,
): Promise<readonly LedgerRecord[]> {
  const now = context.platform.now();
  const open = await findOpenDecisions(context, range);
  const lost: LedgerRecord[] = [];
  for (let from = 0; from < open.length; from += 500) {
    const rows = await selectLedgerRecords(context.store.sql)
      .where('entries.seq', 'in', open.slice(from, from + 500))
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) {
      const decision = readLedgerRecord(context.store, row);
      if (!decision.erased) lost.push(...describeLost(context, decision, now));
    }
  }
  return lost;
}

/** The `seq`s of decisions and releases that no later record names as what it ended. Reads from the newest back. */
async function findOpenDecisions(
  { store }: Pick<Context, 'store'>,
  range: SeqRange,
): Promise<readonly number[]> {
  const ended = new Set<string>();
  const open: number[] = [];
  let { end } = range;
  for (let read = 0; read < newestRecords; read += recordsAtOnce) {
    const rows = await store.sql
      .selectFrom('ledger_entries')
      .select(['seq', 'id', 'kind', 'entry'])
      .where('seq', '>=', range.from)
      .where('seq', '<', end)
      .orderBy('seq', 'desc')
      .limit(recordsAtOnce)
      .execute();
    for (const { seq, id, kind, entry } of rows) {
      if ((kind === 'action.decision' || kind === 'action.release') && !ended.has(id)) open.push(seq);
      if (ends.has(kind)) for (const cause of readCauses(entry)) ended.add(cause);
      end = seq;
    }
    if (rows.length < recordsAtOnce) break;
  }
  return open.reverse();
}

function readCauses(entry: string): readonly string[] {
  return parseEntry(JSON.parse(entry))?.causes ?? [];
}

/** Where a stream ends when it is asked. */
export async function findEndOf({ store }: Pick<Context, 'store'>, stream: number): Promise<number> {
  const last = await store.sql
    .selectFrom('ledger_entries')
    .select('seq')
    .where('seq', '>=', firstSeqOf(stream))
    .where('seq', '<', firstSeqOf(stream + 1))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? firstSeqOf(stream) : last.seq + 1;
}

function describeLost(
  context: Pick<Context, 'platform'>,
  decision: StoredRecord,
  at: number,
): LedgerRecord[] {
  // A denial has no outcome, and a step-up that was not released went nowhere.
  if (decision.body?.effect !== undefined && decision.body.effect !== 'allow') return [];
  const { action, agent, key, task, person, chain, upstream, tool, drill } = decision;
  const known = Object.fromEntries(
    Object.entries({ action, agent, key, task, person, chain, upstream, tool, drill }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return [
    {
      ...known,
      id: context.platform.newId('rec'),
      kind: 'action.outcome',
      at,
      causes: [decision.id],
      body: { status: 'unknown', detail: 'the server stopped before the outcome was written' },
    },
  ];
}
