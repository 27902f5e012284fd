import type { RetentionClass } from '@countersign/api';
import type { Kysely } from 'kysely';
import { firstSeqOf } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export interface Progress {
  /** The next `seq` to look at. */
  readonly from: number;
  /** The first that was passed over on the way because it was too young: where the next pass begins. */
  readonly passed: number | undefined;
}

/** How far the retirement of a class has come in a stream. */
export async function readProgress(
  sql: Kysely<Schema>,
  name: RetentionClass,
  stream: number,
): Promise<Progress> {
  const mark = nameMark(name, stream);
  const names = [mark, `${mark}:passed`];
  const rows = await sql.selectFrom('ledger_index').selectAll().where('name', 'in', names).execute();
  const found = new Map(rows.map((row) => [row.name, row.indexed]));
  return { from: found.get(mark) ?? firstSeqOf(stream), passed: found.get(`${mark}:passed`) };
}

function nameMark(name: RetentionClass, stream: number): string {
  return stream === 0 ? `retired:${name}` : `retired:${name}@${stream}`;
}

export async function writeProgress(
  sql: Kysely<Schema>,
  name: RetentionClass,
  stream: number,
  { from, passed }: Progress,
): Promise<void> {
  const mark = nameMark(name, stream);
  await writeMark(sql, mark, from);
  await writeMark(sql, `${mark}:passed`, passed);
}

export async function readMark(sql: Kysely<Schema>, name: string): Promise<number | undefined> {
  const row = await sql
    .selectFrom('ledger_index')
    .select('indexed')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.indexed;
}

/** A number that is kept from run to run; undefined takes it away. */
export async function writeMark(
  sql: Kysely<Schema>,
  name: string,
  indexed: number | undefined,
): Promise<void> {
  if (indexed === undefined) await sql.deleteFrom('ledger_index').where('name', '=', name).execute();
  else
    await sql
      .insertInto('ledger_index')
      .values({ name, indexed })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ indexed }))
      .execute();
}
