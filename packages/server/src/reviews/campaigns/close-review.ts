import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { loadReview } from './review.ts';
import { makeReport, type SignedReview } from './review-report.ts';

/** Ends a review of which everything is decided, and signs what came of it. Throws `review.not_closable`, `review.not_found`. */
export async function closeReview(context: Context, actor: Actor, id: string): Promise<SignedReview> {
  requirePermission(actor, 'reviews.open');
  return endReview(context, id, nameActor(actor));
}

/** Signed and recorded before it is returned; a closed one gives what was signed then. */
export async function endReview(context: Context, id: string, by: string): Promise<SignedReview> {
  const review = await loadReview(context.store.sql, id);
  if (review.report !== null) return JSON.parse(review.report);
  const { signed, digest } = await makeReport(context, review, by);
  const { figures, closedAt } = signed.report;
  await context.store.transaction(async (tx) => {
    const waiting = await tx.sql
      .selectFrom('review_items')
      .select('id')
      .where('review_id', '=', id)
      .where('state', '=', 'open')
      .limit(1)
      .executeTakeFirst();
    if (waiting !== undefined) throw new AppError('review.not_closable');
    const closed = await tx.sql
      .updateTable('reviews')
      .set({ state: 'closed', closed_at: closedAt, report: JSON.stringify(signed) })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (closed.numUpdatedRows !== 1n) throw new AppError('review.not_closable');
    const { reviewers, ...counts } = figures;
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'review.closed', at: closedAt },
      ...{ causes: [review.opened_record], body: { by, review: id, digest, ...counts } },
    });
  });
  return signed;
}

/** Throws `review.not_found` while there is none. */
export async function getReport(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
  id: string,
): Promise<SignedReview> {
  requirePermission(actor, 'reviews.read');
  const { report } = await loadReview(store.sql, id);
  if (report === null) throw new AppError('review.not_found', { detail: 'it is not closed yet' });
  return JSON.parse(report);
}
