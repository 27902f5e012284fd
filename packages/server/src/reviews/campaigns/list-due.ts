import { z } from 'zod';
import { listGlass } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, findDisplayName, hasPermission, requirePermission } from '../../people/index.ts';
import { showReview } from './review-view.ts';

/** `access`: an open review. `break-glass`: something one person let through alone. */
const dueReview = z.object({
  kind: z.enum(['access', 'break-glass']),
  id: z.string(),
  title: z.string(),
  /** Of its items; 1 of broken glass. */
  open: z.number(),
  dueAt: z.number(),
  isOverdue: z.boolean(),
  link: z.string(),
});
export const dueAnswer = z.object({ items: z.array(dueReview).readonly() });
export type DueReview = z.infer<typeof dueReview>;

const mostReviews = 200;

/** Everything that waits for a reviewer, of either kind, what is due first at the top. */
export async function listDue(
  context: Pick<Context, 'store' | 'config' | 'platform'>,
  actor: Actor,
): Promise<readonly DueReview[]> {
  requirePermission(actor, 'reviews.read');
  const rows = await context.store.sql
    .selectFrom('reviews')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('due_at')
    .limit(mostReviews)
    .execute();
  const server = new URL(context.config.server.publicUrl).origin;
  const now = context.platform.now();
  const access = rows.map(async (row): Promise<DueReview> => {
    const { id, title, open, dueAt, link } = await showReview(context.store.sql, row, server);
    return { kind: 'access', id, title, open, dueAt, isOverdue: dueAt <= now, link };
  });
  const due = [...(await Promise.all(access)), ...(await listBroken(context, actor))];
  return due.sort((one, other) => one.dueAt - other.dueAt);
}

async function listBroken(
  context: Pick<Context, 'store' | 'config' | 'platform'>,
  actor: Actor,
): Promise<readonly DueReview[]> {
  if (!hasPermission(actor, 'approvals.read')) return [];
  const glass = await listGlass(context, actor, { filter: 'due' });
  return Promise.all(
    glass.map(async ({ id, personId, reason, reviewDueAt, isOverdue, link }): Promise<DueReview> => {
      const who = personId === null ? 'Somebody' : await findDisplayName(context, personId);
      const title = `${who} let something through alone: ${reason}`;
      return { kind: 'break-glass', id, title, open: 1, dueAt: reviewDueAt ?? 0, isOverdue, link };
    }),
  );
}
