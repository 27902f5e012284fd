import type { Insertable, Selectable } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export type LeavingRow = Selectable<Schema['leavings']>;

/** What still keeps the person out, the first one first. */
export function findLeaving(from: Pick<Transaction, 'sql'>, personId: string): Promise<LeavingRow[]> {
  return from.sql
    .selectFrom('leavings')
    .selectAll()
    .where('person_id', '=', personId)
    .where('kind', '=', 'left')
    .where('returned_at', 'is', null)
    .orderBy('at')
    .orderBy('record')
    .execute();
}

type NewLeaving = Omit<
  Insertable<Schema['leavings']>,
  'agents' | 'delegations' | 'finished_at' | 'returned_at'
>;

export async function saveLeaving(tx: Transaction, leaving: NewLeaving): Promise<void> {
  await tx.sql
    .insertInto('leavings')
    .values({ ...leaving, agents: 0, delegations: 0, finished_at: null, returned_at: null })
    .execute();
}
