import { type Kysely, sql as text } from 'kysely';
import { firstSeqOf, nameStream, streamSpan } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** The records of a stream: all `seq`s from `start` up to, not including, `end`. */
export interface StreamRange {
  readonly stream: number;
  readonly start: number;
  readonly end: number;
}

/** Every stream that gateways of this database have written, in one statement, whatever their length. The first is always there. */
export async function listStreams(sql: Kysely<Schema>): Promise<readonly StreamRange[]> {
  const newestOf = (stream: ReturnType<typeof text.lit<number>> | ReturnType<typeof text.ref<number>>) =>
    text<number | null>`(SELECT max(seq) FROM ledger_entries WHERE seq >= ${stream} * ${text.lit(streamSpan)}
      AND seq < (${stream} + 1) * ${text.lit(streamSpan)})`;
  const rows = await sql
    .selectNoFrom([text.lit(0).as('number'), newestOf(text.lit(0)).as('newest')])
    .unionAll((query) =>
      query
        .selectFrom('ledger_streams')
        .select(['number', newestOf(text.ref<number>('ledger_streams.number')).as('newest')])
        .where('number', '>', 0),
    )
    .execute();
  return rows
    .map(({ number, newest }) => {
      const start = firstSeqOf(Number(number));
      return { stream: Number(number), start, end: newest === null ? start : Number(newest) + 1 };
    })
    .sort((one, other) => one.stream - other.stream);
}

/** As the entries of a record's stream name it, by which its payload is sealed. */
export function nameStreamOf(seq: number): string {
  return nameStream(Math.floor(seq / streamSpan));
}

/** Epoch milliseconds of a record; 0 when there is none. */
export async function findTime(sql: Kysely<Schema>, seq: number): Promise<number> {
  const row = await sql.selectFrom('ledger_entries').select('at').where('seq', '=', seq).executeTakeFirst();
  return row?.at ?? 0;
}
