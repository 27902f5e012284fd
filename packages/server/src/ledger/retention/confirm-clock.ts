import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { readMark, writeMark } from './progress.ts';

export interface ClockDoubt {
  /** When the clock was found to have jumped, as it says itself, epoch milliseconds; null when it is believed. */
  readonly jumpedAt: number | null;
}

export const confirmClockInput = z.strictObject({
  /** As it was shown: a jump that came since is another one. */
  jumpedAt: z.number().int(),
});

/** Whether the clock is believed, by which it is counted what is old. */
export async function getClock({ store }: Pick<Context, 'store'>, actor: Actor): Promise<ClockDoubt> {
  requirePermission(actor, 'ledger.read');
  return { jumpedAt: (await readMark(store.sql, 'retention:jumped')) ?? null };
}

/**
 * Somebody has looked: the clock is right, and a server that was off is the reason. What is retired still has to be due at two
 * looks six hours apart. Throws `ledger.clock_not_doubted`.
 */
export async function confirmClock(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof confirmClockInput>,
): Promise<ClockDoubt> {
  requirePermission(actor, 'ledger.confirm_clock');
  const { jumpedAt } = confirmClockInput.parse(input);
  const at = platform.now();
  return store.transaction(async (tx) => {
    if ((await readMark(tx.sql, 'retention:jumped')) !== jumpedAt)
      throw new AppError('ledger.clock_not_doubted');
    await writeMark(tx.sql, 'retention:jumped', undefined);
    const body = { by: nameActor(actor), jumpedAt };
    tx.record({ id: platform.newId('rec'), kind: 'ledger.clock_confirmed', at, causes: [], body });
    return { jumpedAt: null };
  });
}
