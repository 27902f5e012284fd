import { AppError } from '@countersign/api';
import { MOST_GROUPED, readGrant } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { getApproval, type ViewedApproval } from '../get-approval.ts';
import { selectVisible } from '../require-visible.ts';

export interface Group {
  readonly id: string;
  /** What waits and may be decided by the asking person, the oldest first; at most 20. */
  readonly members: readonly ViewedApproval[];
  /** How many more wait than one signature may approve. */
  readonly more: number;
}

const groupId = /^[A-Za-z0-9_-]{22}$/;
const mostRead = 200;

/** What now waits of a group. Throws `approval.group_not_found` for none at all. */
export async function loadGroup(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id: string,
): Promise<Group> {
  requirePermission(actor, 'approvals.read');
  if (!groupId.test(id)) throw new AppError('approval.group_not_found');
  const rows = await context.store.sql
    .selectFrom('approvals')
    .select('id')
    .where('group_id', '=', id)
    .where('state', '=', 'requested')
    .where('expires_at', '>', context.platform.now())
    .where((where) => where.or([where('drill', 'is', null), where('check_person_id', 'is not', null)]))
    .where((where) => where.or(selectVisible(where, actor)))
    .orderBy('id')
    .limit(mostRead)
    .execute();
  const viewed = await Promise.all(rows.map((row) => getApproval(context, actor, row.id)));
  // Somebody has signed for more calls than one of these: that is decided on its own page.
  const plain = viewed.filter(({ approval }) => readGrant(approval.signedAction) === undefined);
  // Who has approved some of it still sees the others alone.
  const open = plain.filter(({ standing }) => !standing.hasApproved);
  if (open.length === 0) throw new AppError('approval.group_not_found');
  return { id, members: open.slice(0, MOST_GROUPED), more: Math.max(0, open.length - MOST_GROUPED) };
}
