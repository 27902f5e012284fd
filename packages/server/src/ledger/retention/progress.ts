import type { RetentionClass } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';

export interface Progress {
  /** The next `seq` to look at. */
  readonly from: number;
  /** The first that was passed over on the way because it was too young: where the next pass begins. */
  readonly passed: number | undefined;
}

/** How far the retirement of a class has come. */
export async function readProgress(sql: Kysely<Schema>, name: RetentionClass): Promise<Progress> {
  const names = [`retired:${name}`, `retired:${name}:passed`];
  const rows = await sql.selectFrom('ledger_index').selectAll().where('name', 'in', names).execute();
  const found = new Map(rows.map((row) => [row.name, row.indexed]));
  return { from: found.get(`retired:${name}`) ?? 0, passed: found.get(`retired:${name}:passed`) };
}

export async function writeProgress(
  sql: Kysely<Schema>,
  name: RetentionClass,
  { from, passed }: Progress,
): Promise<void> {
  await writeMark(sql, `retired:${name}`, from);
  await writeMark(sql, `retired:${name}:passed`, passed);
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
