import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { type Person, readPerson } from './person.ts';

/** Throws `person.not_found`. */
export async function getPerson(from: Pick<Transaction, 'sql'>, personId: string): Promise<Person> {
  const row = await from.sql.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst();
  if (row === undefined) throw new AppError('person.not_found');
  return readPerson(row);
}

/** For showing who somebody is; an unknown id stays an id. */
export async function findDisplayName(context: Pick<Context, 'store'>, personId: string): Promise<string> {
  const row = await context.store.sql
    .selectFrom('people')
    .select('display_name')
    .where('id', '=', personId)
    .executeTakeFirst();
  return row?.display_name ?? personId;
}
