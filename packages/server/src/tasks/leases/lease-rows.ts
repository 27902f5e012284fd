import type { Seat, Store } from '../../plugins/database/database.ts';

export type LeaseStore = Pick<Store, 'sql' | 'seat'>;

/** Takes a first task that nobody has, in one statement. Undefined when another gateway has it. */
export async function takeLease(
  { sql, seat }: LeaseStore,
  taskId: string,
): Promise<{ readonly carried: string | null } | undefined> {
  const { stream, holder } = seat;
  return sql
    .insertInto('task_leases')
    .values({ task_id: taskId, stream, holder, carried: null })
    .onConflict((conflict) =>
      conflict
        .column('task_id')
        .doUpdateSet({ stream, holder })
        .where('task_leases.holder', 'in', ['', holder]),
    )
    .returning('carried')
    .executeTakeFirst();
}

export interface LeaseHolder extends Pick<Seat, 'stream' | 'holder'> {
  /** The seat is still that process's, as far as anybody has proven. */
  readonly isSeated: boolean;
}

/** Who has it; undefined where nobody does. */
export async function findLeaseHolder({ sql }: LeaseStore, taskId: string): Promise<LeaseHolder | undefined> {
  const row = await sql
    .selectFrom('task_leases')
    .leftJoin('ledger_streams', (join) =>
      join
        .onRef('ledger_streams.number', '=', 'task_leases.stream')
        .onRef('ledger_streams.holder', '=', 'task_leases.holder'),
    )
    .select(['task_leases.stream', 'task_leases.holder', 'ledger_streams.number'])
    .where('task_leases.task_id', '=', taskId)
    .where('task_leases.holder', '<>', '')
    .executeTakeFirst();
  return row && { stream: row.stream, holder: row.holder, isSeated: row.number !== null };
}

/** In the writer's turn: whatever this gateway has written of the task before is durable by then. */
export async function giveLease(
  { sql, seat }: LeaseStore,
  taskId: string,
  carried: string | null,
): Promise<void> {
  if (carried === null) {
    const own = sql.deleteFrom('task_leases').where('holder', '=', seat.holder);
    await own.where('task_id', '=', taskId).execute();
    return;
  }
  await sql
    .updateTable('task_leases')
    .set({ holder: '', carried })
    .where('task_id', '=', taskId)
    .where('holder', '=', seat.holder)
    .execute();
}
