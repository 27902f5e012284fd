import type { Context } from '../../context.ts';
import { readApprovals } from '../read-approval.ts';
import { type CheckVerdict, findVerdict } from './find-verdict.ts';

const mostShown = 50;

export interface OwnCheck extends CheckVerdict {
  readonly id: string;
  readonly at: number;
}

/** The newest of the person's checks that are over. */
export async function listOwnChecks(
  { store }: Pick<Context, 'store'>,
  personId: string,
): Promise<readonly OwnCheck[]> {
  const rows = await store.sql
    .selectFrom('approvals')
    .selectAll()
    .where('check_person_id', '=', personId)
    .where('state', '!=', 'requested')
    .orderBy('id', 'desc')
    .limit(mostShown)
    .execute();
  const checks = await readApprovals(store.sql, rows);
  const read = checks.map(async (check) => {
    const verdict = await findVerdict(store, check);
    return verdict === null ? [] : [{ ...verdict, id: check.id, at: check.requestedAt }];
  });
  return (await Promise.all(read)).flat();
}
