import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** How far a record's time may run behind an earlier record's: records are timed before they wait for their turn. */
export const clockSlackMs = 60_000;

/**
 * The first `seq` whose record may be from this time on, found by halving: times follow `seq` but for the slack, so no
 * index is needed. The caller compares exact times within the range.
 */
export async function findSeqAt(sql: Kysely<Schema>, at: number): Promise<number> {
  let low = 0;
  let high = await findEnd(sql);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await sql
      .selectFrom('ledger_entries')
      .select('at')
      .where('seq', '=', middle)
      .executeTakeFirst();
    if (row === undefined || row.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first `seq` that is not there yet. */
export async function findEnd(sql: Kysely<Schema>): Promise<number> {
  const newest = await sql
    .selectFrom('ledger_entries')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (newest?.seq ?? -1) + 1;
}
