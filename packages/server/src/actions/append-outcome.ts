import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';
import type { AppendEffect } from '../plugins/database/database.ts';
import { appendLater } from './append-later.ts';
import type { Brought } from './reserve-budgets.ts';
import type { Recorded } from './stages.ts';

/**
 * Writes how an action ended together with what it gives back of what it had set aside. Given back in memory at once, for
 * the caller may call again before the write has ended; should that fail, it is tried again until the store is back.
 */
export async function appendOutcome(
  context: Pick<Context, 'store'>,
  { reservation }: Pick<Recorded, 'reservation'>,
  record: LedgerRecord,
  brought: Brought,
  effects: readonly AppendEffect[] = [],
): Promise<void> {
  const all = [...(reservation?.settle(brought) ?? []), ...effects];
  try {
    await context.store.append([record], all);
  } catch (error) {
    void appendLater(context, error, [record], all);
    throw error;
  } finally {
    reservation?.release();
  }
}
