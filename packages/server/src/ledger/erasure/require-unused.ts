import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { StoredRecord } from '../ledger-record.ts';

const idsAtOnce = 500;

/**
 * Nothing is taken from under work that goes on: a task that runs, an approval that waits, a person who may still sign
 * in. Throws `ledger.still_in_use`.
 */
export async function requireUnused(
  { store }: Pick<Context, 'store'>,
  records: readonly StoredRecord[],
  person: string | undefined,
): Promise<void> {
  const { sql } = store;
  const tasks = await findSome(
    records.flatMap(({ task }) => task ?? []),
    (ids) =>
      sql.selectFrom('tasks').select('id').where('id', 'in', ids).where('ended_at', 'is', null).execute(),
  );
  const waits = ['requested', 'approved'] as const;
  const approvals = await findSome(
    records.flatMap(({ approval }) => approval ?? []),
    (ids) =>
      sql.selectFrom('approvals').select('id').where('id', 'in', ids).where('state', 'in', waits).execute(),
  );
  const active =
    person === undefined
      ? []
      : await sql
          .selectFrom('people')
          .select('id')
          .where('id', '=', person)
          .where('state', '<>', 'suspended')
          .execute();
  const used = [...tasks, ...approvals, ...active.map(({ id }) => id)];
  if (used.length > 0)
    throw new AppError('ledger.still_in_use', { detail: `still in use: ${used.slice(0, 10).join(', ')}` });
}

async function findSome(
  ids: readonly string[],
  find: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>,
): Promise<readonly string[]> {
  const distinct = [...new Set(ids)];
  const found: string[] = [];
  for (let from = 0; from < distinct.length; from += idsAtOnce)
    found.push(...(await find(distinct.slice(from, from + idsAtOnce))).map(({ id }) => id));
  return found;
}
