import type { Context } from '../context.ts';
import { recordEnd } from './cast-vote.ts';
import { endGrantsIn } from './grants/end-grants.ts';
import { noteNews } from './notices/index.ts';
import { readApprovals, type StoredApproval } from './read-approval.ts';

type Ending = Pick<Context, 'platform' | 'store'>;

/** Cancels what is still open of these, and returns what it cancelled. */
export async function cancelApprovals(
  context: Ending,
  approvalIds: readonly string[],
  reason: string,
): Promise<readonly StoredApproval[]> {
  if (approvalIds.length === 0) return [];
  return context.store.transaction(async (tx) => {
    const at = context.platform.now();
    const rows = await tx.sql
      .selectFrom('approvals')
      .selectAll()
      .where('id', 'in', approvalIds)
      .where('state', 'in', ['requested', 'approved'])
      .execute();
    const approvals = await readApprovals(tx.sql, rows);
    for (const approval of approvals) {
      await tx.sql
        .updateTable('approvals')
        .set({ state: 'cancelled', reason, decided_at: at })
        .where('id', '=', approval.id)
        .execute();
      const id = context.platform.newId('rec');
      recordEnd(tx, approval, { id, end: 'cancelled', causes: approval.recordIds, at, reason });
      await noteNews(context, tx, approval, 'decided');
    }
    const ids = approvals.map(({ id }) => id);
    if (ids.length > 0) await endGrantsIn(context, tx, ids, reason);
    return approvals.map((approval) => ({ ...approval, state: 'cancelled' as const, reason, decidedAt: at }));
  });
}

const batch = 200;

/** Ends what nobody decided, or nobody used, in time: a denial. At most 200 at once. */
export async function expireOverdue(context: Ending): Promise<readonly StoredApproval[]> {
  const now = context.platform.now();
  // Looked for without a transaction first, because most of the time there is nothing to do.
  const overdue = await context.store.sql
    .selectFrom('approvals')
    .select('id')
    .where('state', 'in', ['requested', 'approved'])
    .where('expires_at', '<=', now)
    .limit(batch)
    .execute();
  if (overdue.length === 0) return [];
  return context.store.transaction(async (tx) => {
    const rows = await tx.sql
      .selectFrom('approvals')
      .selectAll()
      .where(
        'id',
        'in',
        overdue.map((row) => row.id),
      )
      .where('state', 'in', ['requested', 'approved'])
      .execute();
    const approvals = await readApprovals(tx.sql, rows);
    for (const approval of approvals) {
      await tx.sql
        .updateTable('approvals')
        .set({ state: 'expired', decided_at: approval.expiresAt })
        .where('id', '=', approval.id)
        .execute();
      const id = context.platform.newId('rec');
      recordEnd(tx, approval, { id, end: 'expired', causes: approval.recordIds, at: now });
      await noteNews(context, tx, approval, 'decided');
    }
    return approvals.map((approval) => ({
      ...approval,
      state: 'expired' as const,
      decidedAt: approval.expiresAt,
    }));
  });
}
