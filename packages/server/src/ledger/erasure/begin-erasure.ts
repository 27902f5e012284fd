import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { ErasureWork } from './erasure-work.ts';

export interface PlannedErasure {
  readonly work: ErasureWork;
  readonly told: Omit<LedgerRecord, 'id' | 'at'>;
}

/**
 * Plans it, and writes down that this is erased and the record of it, in one write: from here on it will be finished.
 * Whatever forbids it is looked at inside that write, so that nothing can come in between. Undefined when the plan is.
 */
export async function beginErasure(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  kind: 'erasure' | 'retirement',
  plan: (tx: Transaction) => Promise<PlannedErasure | undefined>,
): Promise<{ readonly number: number; readonly record: string } | undefined> {
  const at = platform.now();
  const record = platform.newId('rec');
  return store.transaction(async (tx) => {
    const planned = await plan(tx);
    if (planned === undefined) return undefined;
    const { work, told } = planned;
    const newest = await tx.sql
      .selectFrom('ledger_erasures')
      .select('number')
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    // A database that was put back knows of fewer than the keys do.
    const number = Math.max(newest?.number ?? 0, store.keyring.erasures) + 1;
    const row = { number, kind, state: 'begun' as const, work: JSON.stringify(work), record, at };
    await tx.sql.insertInto('ledger_erasures').values(row).execute();
    tx.record({ ...told, id: record, at, body: { ...told.body, number, records: work.records.length } });
    return { number, record };
  });
}
