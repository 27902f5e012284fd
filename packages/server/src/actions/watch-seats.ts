import type { Context } from '../context.ts';
import { settleSeat } from './settle-seat.ts';

const pauseMilliseconds = 5_000;

/**
 * Looks after the gateway whose stream comes next: of one that is gone it settles what it has left, also when nobody asks for
 * its tasks. A job: returns when to run it again, in epoch milliseconds.
 */
export async function watchSeats(context: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const { sql, seat } = context.store;
  const others = await sql
    .selectFrom('ledger_seats')
    .select(['stream', 'holder'])
    .where('holder', '<>', seat.holder)
    .orderBy('stream')
    .orderBy('turn')
    .execute();
  const next = others.find(({ stream }) => stream >= seat.stream) ?? others[0];
  if (next !== undefined && (await context.store.endSeat(next))) await settleSeat(context, next);
  return context.platform.now() + pauseMilliseconds;
}
