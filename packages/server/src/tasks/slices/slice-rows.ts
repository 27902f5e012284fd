import { growSlice } from '@countersign/core';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Granted, SliceCounter, SliceUnit } from './slice-counter.ts';
import { sliceUnits } from './slice-counter.ts';

const usedColumns = {
  calls: 'calls',
  spendMinor: 'spend_minor',
  rows: 'result_rows',
  bytes: 'result_bytes',
} as const;
const grantedColumns = {
  calls: 'granted_calls',
  spendMinor: 'granted_spend_minor',
  rows: 'granted_rows',
  bytes: 'granted_bytes',
} as const;

export interface Grown {
  readonly granted: Granted;
  /** What the database says that this gateway has used of it. */
  readonly used: Granted;
  /** Units of which others have something that they have not used. */
  readonly unspent: ReadonlySet<SliceUnit>;
}

/**
 * Grants this gateway what it needs, from what nobody has. Transactions of all gateways take turns, so that what is spent and what
 * is granted is never more than there is.
 */
export async function growRow(
  tx: Pick<Transaction, 'sql'>,
  counter: SliceCounter,
  gateway: string,
  missing: ReturnType<SliceCounter['listMissing']>,
): Promise<Grown> {
  const spent = await tx.sql
    .selectFrom('budgets')
    .selectAll()
    .where('holder', '=', counter.holder)
    .executeTakeFirst();
  const rows = await tx.sql
    .selectFrom('budget_slices')
    .selectAll()
    .where('holder', '=', counter.holder)
    .execute();
  const own = rows.find((row) => row.gateway === gateway);
  const others = rows.filter((row) => row.gateway !== gateway);
  const granted = { ...counter.granted };
  const used = { calls: 0, spendMinor: 0, rows: 0, bytes: 0 };
  for (const unit of sliceUnits) {
    used[unit] = own?.[usedColumns[unit]] ?? 0;
    if (!counter.isKnown) granted[unit] = own?.[grantedColumns[unit]] ?? 0;
  }
  for (const [unit, need] of missing) {
    const budget = {
      limit: counter.most[unit] ?? 0,
      spent: spent?.[usedColumns[unit]] ?? 0,
      elsewhere: others.reduce((sum, row) => sum + row[grantedColumns[unit]], 0),
    };
    const here = counter.isKnown ? counter[unit] : used[unit];
    granted[unit] = growSlice(budget, { granted: granted[unit], used: here }, need);
  }
  await writeGranted(tx, counter.holder, gateway, granted);
  const unspent = sliceUnits.filter((unit) =>
    others.some((row) => row[grantedColumns[unit]] > row[usedColumns[unit]]),
  );
  return { granted, used, unspent: new Set(unspent) };
}

export async function writeGranted(
  tx: Pick<Transaction, 'sql'>,
  holder: string,
  gateway: string,
  { calls, spendMinor, rows, bytes }: Granted,
): Promise<void> {
  const granted = {
    granted_calls: calls,
    granted_spend_minor: spendMinor,
    granted_rows: rows,
    granted_bytes: bytes,
  };
  await tx.sql
    .insertInto('budget_slices')
    .values({ holder, gateway, ...granted })
    .onConflict((conflict) => conflict.columns(['holder', 'gateway']).doUpdateSet(granted))
    .execute();
}
