import { sql as text } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';

/** What a gateway that is gone had to itself: its tasks are anybody's, and what it had set aside of budgets and not used is there again. */
export async function freeSeat(tx: Pick<Transaction, 'sql'>, gateway: string): Promise<void> {
  await tx.sql.deleteFrom('task_leases').where('holder', '=', gateway).where('holder', '<>', '').execute();
  const slices = tx.sql.selectFrom('budget_slices').where('gateway', '=', gateway);
  await tx.sql
    .insertInto('budgets')
    .columns(['holder', 'calls', 'spend_minor', 'result_rows', 'result_bytes'])
    .expression(
      slices
        .select(['holder', 'calls', 'spend_minor', 'result_rows', 'result_bytes'])
        .where(text<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict.column('holder').doUpdateSet((set) => ({
        calls: set('budgets.calls', '+', set.ref('excluded.calls')),
        spend_minor: set('budgets.spend_minor', '+', set.ref('excluded.spend_minor')),
        result_rows: set('budgets.result_rows', '+', set.ref('excluded.result_rows')),
        result_bytes: set('budgets.result_bytes', '+', set.ref('excluded.result_bytes')),
      })),
    )
    .execute();
  await tx.sql.deleteFrom('budget_slices').where('gateway', '=', gateway).execute();
}
