import type { Context } from '../context.ts';
import { readApprovals } from './read-approval.ts';

const atOnce = 200;
/** As many as are loaded at a start. */
const most = 20_000;

/** Brings these up to what the database says, and where none are named all that are open here or there. */
export async function refreshApprovals(
  { approvals, store }: Pick<Context, 'approvals' | 'store'>,
  approvalIds?: readonly string[],
): Promise<void> {
  const ids = approvalIds ?? (await listStale({ approvals, store }));
  for (let from = 0; from < ids.length; from += atOnce) {
    const rows = await store.sql
      .selectFrom('approvals')
      .selectAll()
      .where('id', 'in', ids.slice(from, from + atOnce))
      .execute();
    for (const approval of await readApprovals(store.sql, rows)) approvals.put(approval);
  }
}

/** Votes of what is requested may be new; what is approved changes only by an end. */
async function listStale({ approvals, store }: Pick<Context, 'approvals' | 'store'>) {
  const open = await store.sql
    .selectFrom('approvals')
    .select(['id', 'state'])
    .where('check_person_id', 'is', null)
    .where('state', 'in', ['requested', 'approved'])
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  const there = new Set(open.map(({ id }) => id));
  return [
    ...approvals.listOpen().filter((id) => !there.has(id)),
    ...open
      .filter(({ id, state }) => state === 'requested' || approvals.find(id)?.state !== state)
      .map(({ id }) => id),
  ];
}
