import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { StreamRange } from './streams/list-streams.ts';

/** How far a record's time may run behind an earlier record's of its stream: records are timed before they wait for their turn. */
export const clockSlackMs = 60_000;

/**
 * The first `seq` of a stream whose record may be from this time on, found by halving: times follow `seq` but for the slack,
 * so no index is needed. The caller compares exact times within the range.
 */
export async function findSeqAt(
  sql: Kysely<Schema>,
  { start, end }: StreamRange,
  at: number,
): Promise<number> {
  let low = start;
  let high = end;
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
