import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredRecord } from '../ledger-record.ts';
import type { ErasureWork } from './erasure-work.ts';
import { findLiveTasks } from './find-live-tasks.ts';
import { findOpenApprovals } from './find-open-approvals.ts';

/**
 * Nothing is taken from under work that goes on: a task that runs or may go on, an approval that waits, a person who may
 * still sign in. Throws `ledger.still_in_use`.
 */
export async function requireUnused(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  { approvals, tasks, person }: ErasureWork,
  now: number,
): Promise<void> {
  const named = listDistinct([...records.map(({ task }) => task), ...tasks]);
  const asked = listDistinct([...records.map(({ approval }) => approval), ...approvals]);
  const used = [...(await findLiveTasks(sql, named, now)), ...(await findOpenApprovals(sql, asked))];
  if (person !== null) {
    const of = sql.selectFrom('people').select('id').where('id', '=', person);
    used.push(...(await of.where('state', '<>', 'suspended').execute()).map(({ id }) => id));
  }
  if (used.length > 0)
    throw new AppError('ledger.still_in_use', { detail: `still in use: ${used.slice(0, 10).join(', ')}` });
}

function listDistinct(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
