import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { openReview, openReviewInput } from './open-review.ts';

const only = 'default';

export const scheduleReviewsInput = z.strictObject({
  /** A day to a year; null ends it. */
  everySeconds: z
    .number()
    .int()
    .min(86_400)
    .max(366 * 86_400)
    .nullable(),
  /** How each is opened. */
  review: openReviewInput.optional(),
});

export const scheduleAnswer = z.object({
  schedule: z
    .object({
      everySeconds: z.number(),
      review: openReviewInput,
      nextAt: z.number(),
      setBy: z.string(),
      setAt: z.number(),
    })
    .nullable(),
});
export type ReviewSchedule = z.infer<typeof scheduleAnswer>['schedule'];

/** Has reviews opened again and again, the first time at once; or no more. */
export async function scheduleReviews(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<ReviewSchedule> {
  requirePermission(actor, 'reviews.open');
  const { everySeconds, review } = scheduleReviewsInput.parse(input);
  if (everySeconds !== null && review === undefined)
    throw new AppError('server.request_invalid', { detail: 'review: missing' });
  const now = context.platform.now();
  await context.store.transaction(async (tx) => {
    await tx.sql.deleteFrom('review_schedules').where('name', '=', only).execute();
    if (everySeconds !== null)
      await tx.sql
        .insertInto('review_schedules')
        .values({
          ...{ name: only, every_seconds: everySeconds, settings: JSON.stringify(review), next_at: now },
          ...{ set_by: nameActor(actor), set_at: now },
        })
        .execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'review.scheduled', at: now, causes: [] },
      body: { by: nameActor(actor), everySeconds, ...(review === undefined ? {} : { settings: review }) },
    });
  });
  return findSchedule(context);
}

/** Null while nothing is scheduled. */
export async function getSchedule(context: Context, actor: Actor): Promise<ReviewSchedule> {
  requirePermission(actor, 'reviews.read');
  return findSchedule(context);
}

async function findSchedule({ store }: Pick<Context, 'store'>): Promise<ReviewSchedule> {
  const row = await store.sql
    .selectFrom('review_schedules')
    .selectAll()
    .where('name', '=', only)
    .executeTakeFirst();
  if (row === undefined) return null;
  const review = openReviewInput.parse(JSON.parse(row.settings));
  const { every_seconds: everySeconds, next_at: nextAt, set_by: setBy, set_at: setAt } = row;
  return { everySeconds, review, nextAt, setBy, setAt };
}

/** Opens the review that is due; one that finds nothing to review is due again the next time. */
export async function openDueReviews(context: Context): Promise<void> {
  const schedule = await findSchedule(context);
  const now = context.platform.now();
  if (schedule === null || schedule.nextAt > now) return;
  // Before it is opened: what ends the process must not open one at every start.
  await context.store.sql
    .updateTable('review_schedules')
    .set({ next_at: now + schedule.everySeconds * 1000 })
    .where('name', '=', only)
    .where('next_at', '=', schedule.nextAt)
    .execute();
  await openReview(context, { kind: 'system', part: 'reviews' }, schedule.review).catch((thrown: unknown) =>
    context.log.error({ err: thrown }, 'a scheduled review could not be opened'),
  );
}
