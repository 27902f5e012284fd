import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';

export type ReviewRow = Selectable<Schema['reviews']>;
export type ItemRow = Selectable<Schema['review_items']>;

/** Above it, nothing is decided together with other things. */
export const highestBulkTier = 1;
export const topTier = 3;
export const mostItems = 500;

/** Which agents and delegations: all of these have to hold. */
export const reviewScope = z.strictObject({
  ownerId: idSchema('per').optional(),
  upstream: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .optional(),
  /** Of this risk tier and above, 0 to 3. */
  minTier: z.number().int().min(0).max(topTier).optional(),
});
export type ReviewScope = z.infer<typeof reviewScope>;

export const decisions = ['shrink', 'keep', 'revoke', 'retire'] as const;
export type Decision = (typeof decisions)[number];

/** Throws `review.not_found`. */
export async function loadReview(sql: Kysely<Schema>, id: string): Promise<ReviewRow> {
  const row = isId('rev', id)
    ? await sql.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('review.not_found');
  return row;
}

/** Throws `review.not_found`. */
export async function loadItem(sql: Kysely<Schema>, id: string): Promise<ItemRow> {
  const row = isId('rvi', id)
    ? await sql.selectFrom('review_items').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('review.not_found');
  return row;
}

export function listItems(sql: Kysely<Schema>, reviewId: string): Promise<readonly ItemRow[]> {
  return sql
    .selectFrom('review_items')
    .selectAll()
    .where('review_id', '=', reviewId)
    .orderBy('tier', 'desc')
    .orderBy('id')
    .execute();
}

/** Why an item cannot be decided; undefined while it can. */
export function findObstacle(review: ReviewRow, item: ItemRow, now: number): string | undefined {
  if (review.state !== 'open') return 'the review is closed';
  if (item.state !== 'open') return 'it was decided';
  if (review.due_at <= now) return 'its time is over';
  return undefined;
}

/** Throws `review.not_open`. */
export function requireOpenItem(review: ReviewRow, item: ItemRow, now: number): void {
  const why = findObstacle(review, item, now);
  if (why !== undefined) throw new AppError('review.not_open', { detail: why });
}
