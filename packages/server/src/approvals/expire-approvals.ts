import type { Context } from '../context.ts';
import { expireOverdue } from './end-approvals.ts';

/** Short, because an approval asked for meanwhile may be due sooner than those known, and callers wait for its end. */
const longestWaitMilliseconds = 1_000;

/**
 * Ends overdue approvals and returns when to look again, in epoch milliseconds. A time-out needs no job to bite: every
 * use compares the deadline itself. The job writes it down and tells those who wait.
 */
export async function expireApprovals(
  context: Pick<Context, 'approvals' | 'platform' | 'store'>,
): Promise<number> {
  for (;;) {
    const expired = await expireOverdue(context);
    for (const approval of expired) context.approvals.put(approval);
    if (expired.length === 0) break;
  }
  const next = await context.store.sql
    .selectFrom('approvals')
    .select((all) => all.fn.min('expires_at').as('at'))
    .where('state', 'in', ['requested', 'approved'])
    .executeTakeFirst();
  const latest = context.platform.now() + longestWaitMilliseconds;
  return Math.min(latest, next?.at ?? latest);
}
