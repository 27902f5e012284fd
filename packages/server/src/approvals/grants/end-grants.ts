import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeSubject } from '../describe-subject.ts';
import { readApprovals } from '../read-approval.ts';

type Ending = Pick<Context, 'platform' | 'store'>;

const batch = 200;

/** Ends the grants that are still in force of these approvals; returns how many. */
export async function endGrants(
  context: Ending,
  approvalIds: readonly string[],
  reason: string,
  by?: string,
): Promise<number> {
  let ended = 0;
  for (let from = 0; from < approvalIds.length; from += batch) {
    const some = approvalIds.slice(from, from + batch);
    ended += await context.store.transaction((tx) => endGrantsIn(context, tx, some, reason, by));
  }
  return ended;
}

/** The same in a transaction that ends more: at most 200. */
export async function endGrantsIn(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  approvalIds: readonly string[],
  reason: string,
  by?: string,
): Promise<number> {
  const at = context.platform.now();
  const rows = await tx.sql
    .updateTable('approval_grants')
    .set({ ended_at: at, end_reason: reason })
    .where('approval_id', 'in', approvalIds)
    .where('ended_at', 'is', null)
    .returning(['approval_id', 'used', 'record'])
    .execute();
  const ids = rows.map((row) => row.approval_id);
  if (ids.length === 0) return 0;
  const stored = await tx.sql.selectFrom('approvals').selectAll().where('id', 'in', ids).execute();
  for (const approval of await readApprovals(tx.sql, stored)) {
    const row = rows.find((one) => one.approval_id === approval.id);
    tx.record({
      ...describeSubject(approval),
      id: context.platform.newId('rec'),
      kind: 'approval.grant_ended',
      at,
      causes: row === undefined ? [] : [row.record],
      body: { reason, used: row?.used ?? 0, ...(by === undefined ? {} : { by }) },
    });
  }
  return ids.length;
}
