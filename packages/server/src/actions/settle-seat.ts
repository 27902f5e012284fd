import type { Context } from '../context.ts';
import type { Seat } from '../plugins/database/database.ts';
import { freeLimits } from '../policies/index.ts';
import { freeSeat } from '../tasks/index.ts';
import { describeLostOutcomes, findEndOf, type SeqRange } from './record-lost-outcomes.ts';

type SettleContext = Pick<Context, 'store' | 'platform'>;
type SeatOf = Pick<Seat, 'stream' | 'holder'>;

/** Says from which record on this process may have left something; before its first action. */
export async function registerSeat(context: SettleContext): Promise<void> {
  const { seat } = context.store;
  const since = await findEndOf(context, seat.stream);
  await context.store.transaction(async (tx) => {
    const last = await tx.sql
      .selectFrom('ledger_seats')
      .select('turn')
      .where('stream', '=', seat.stream)
      .orderBy('turn', 'desc')
      .limit(1)
      .executeTakeFirst();
    await tx.sql
      .insertInto('ledger_seats')
      .values({ holder: seat.holder, stream: seat.stream, turn: (last?.turn ?? 0) + 1, since })
      .execute();
  });
}

/**
 * Settles, once, what a process has left that writes nothing any more: the calls it had let out ended nobody knows how, and
 * only when that is on record others may go on with its tasks and have what it had set aside. Returns how many calls.
 */
export async function settleSeat(context: SettleContext, left: SeatOf): Promise<number> {
  const range = await findRange(context, left);
  const lost = range === undefined ? [] : await describeLostOutcomes(context, range);
  return context.store.transaction(async (tx) => {
    const settled = await tx.sql
      .deleteFrom('ledger_seats')
      .where('holder', '=', left.holder)
      .where('stream', '=', left.stream)
      .executeTakeFirst();
    await freeSeat(tx, left.holder);
    await freeLimits(tx, left.holder);
    // Whoever was first has written it.
    if (settled.numDeletedRows !== 1n) return 0;
    for (const record of lost) tx.record(record);
    return lost.length;
  });
}

/** At the end of this process: others may have at once what it had. What it may have lost is settled as that of any other. */
export async function leaveSeat({ store }: Pick<Context, 'store'>): Promise<void> {
  const { holder, isShared } = store.seat;
  if (!isShared) return;
  await store.transaction(async (tx) => {
    await freeSeat(tx, holder);
    await freeLimits(tx, holder);
  });
}

/** What it has written: up to the first record of the next one that had its stream, where there is one. */
async function findRange(context: SettleContext, left: SeatOf): Promise<SeqRange | undefined> {
  // Before it is asked who came next: who comes later has written nothing below.
  const end = await findEndOf(context, left.stream);
  const rows = await context.store.sql
    .selectFrom('ledger_seats')
    .select(['holder', 'turn', 'since'])
    .where('stream', '=', left.stream)
    .orderBy('turn')
    .execute();
  const own = rows.find(({ holder }) => holder === left.holder);
  if (own === undefined) return undefined;
  const next = rows.find(({ turn }) => turn > own.turn);
  return { from: own.since, end: next?.since ?? end };
}
