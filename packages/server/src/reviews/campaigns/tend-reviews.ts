import { notePersonNews } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { catchUp } from '../use/index.ts';
import { applyDecision, withHeld } from './apply-decision.ts';
import { endReview } from './close-review.ts';
import { prepareDecision } from './decision-text.ts';
import { type ItemRow, listItems, type ReviewRow } from './review.ts';
import { listReviewers } from './reviewers.ts';
import { openDueReviews } from './schedule-reviews.ts';

const lookMilliseconds = 60_000;
const day = 86_400_000;
const by = 'system:reviews';

/** Job: opens what is scheduled, reminds, escalates on the last day, and does at the deadline what the review says. */
export async function tendReviews(context: Context): Promise<number> {
  await openDueReviews(context);
  const open = await context.store.sql
    .selectFrom('reviews')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('due_at')
    .limit(100)
    .execute();
  const now = context.platform.now();
  for (const review of open) {
    const items = await listItems(context.store.sql, review.id);
    const waiting = items.filter(({ state }) => state === 'open');
    if (review.due_at <= now) await endAtDeadline(context, review, waiting);
    else if (waiting.length > 0) await remind(context, review, waiting, now);
  }
  return now + lookMilliseconds;
}

/** Half-way to those who are asked; on the last day to everybody who may review all, too. */
async function remind(
  context: Context,
  review: ReviewRow,
  waiting: readonly ItemRow[],
  now: number,
): Promise<void> {
  const half = review.opened_at + (review.due_at - review.opened_at) / 2;
  const last = Math.max(half, review.due_at - day);
  const last_reminded = review.reminded_at ?? 0;
  const isLast = now >= last && last_reminded < last;
  if (!isLast && !(now >= half && last_reminded < half)) return;
  const asked = new Set(waiting.flatMap(({ reviewers }) => JSON.parse(reviewers) as string[]));
  if (isLast) {
    const { reviewers: roles } = context.config.reviews;
    for (const { id, names } of await listReviewers(context.store.sql))
      if (names.some((name) => roles.includes(name))) asked.add(id);
  }
  await context.store.transaction(async (tx) => {
    await tx.sql.updateTable('reviews').set({ reminded_at: now }).where('id', '=', review.id).execute();
    for (const personId of asked) {
      const link = `/reviews/${review.id}`;
      await notePersonNews(context, tx, { personId, kind: 'review_due', subject: review.title, link });
    }
    tx.record({
      ...{
        id: context.platform.newId('rec'),
        kind: 'review.reminded',
        at: now,
        causes: [review.opened_record],
      },
      body: { by, review: review.id, open: waiting.length, people: [...asked], escalated: isLast },
    });
  });
}

async function endAtDeadline(
  context: Context,
  review: ReviewRow,
  waiting: readonly ItemRow[],
): Promise<void> {
  if (review.at_deadline === 'shrink') {
    await catchUp(context);
    for (const item of waiting) await shrinkAlone(context, review, item);
  }
  await context.store.sql
    .updateTable('review_items')
    .set({ state: 'left' })
    .where('review_id', '=', review.id)
    .where('state', '=', 'open')
    .execute();
  await endReview(context, review.id, by);
}

/** What cannot be shrunk any more, for it ended meanwhile, is left and said so; the others are not held up by it. */
async function shrinkAlone(context: Context, review: ReviewRow, item: ItemRow): Promise<void> {
  try {
    const asked = { decision: 'shrink' as const, digest: null };
    const prepared = await prepareDecision(context, { review, item }, null, asked);
    const deciding = { review, item, prepared, by, signed: null, milliseconds: null };
    await withHeld(context, deciding, (cut) =>
      context.store.transaction((tx) => applyDecision(context, tx, deciding, cut)),
    );
  } catch (thrown) {
    context.log.warn({ err: thrown, item: item.id }, 'an item of a review could not be shrunk');
  }
}
