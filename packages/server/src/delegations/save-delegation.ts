import type { Transaction } from '../plugins/database/database.ts';
import type { DelegationRow } from './delegation-row.ts';

/** Adds it; when it is its agent's default, no other one is any more. */
export async function saveDelegation({ sql }: Pick<Transaction, 'sql'>, row: DelegationRow): Promise<void> {
  if (row.is_default === 1)
    await sql
      .updateTable('delegations')
      .set({ is_default: 0 })
      .where('agent_id', '=', row.agent_id)
      .where('is_default', '=', 1)
      .execute();
  await sql.insertInto('delegations').values(row).execute();
}
