import { type Kysely, sql as text } from 'kysely';
import type { Schema } from './schema.ts';

/** The time at the database that gateways share, in epoch milliseconds: the one clock for what they count together. */
export async function readDatabaseClock(sql: Kysely<Schema>): Promise<number> {
  const { rows } = await text<{ at: number }>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at`.execute(sql);
  return Number(rows[0]?.at);
}
