import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { type Page, pageQuery, pageSchema, takePage } from '../../wire/page.ts';
import { decisions, listItems, loadReview, type ReviewRow, reviewScope } from './review.ts';

const itemSummary = z.object({
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  delegationId: z.string().nullable(),
  ownerId: z.string(),
  tier: z.number(),
  state: z.enum(['open', 'decided', 'undone', 'left']),
  decision: z.enum(decisions).nullable(),
  decidedBy: z.string().nullable(),
  reviewers: z.array(z.string()).readonly(),
  link: z.string(),
});

export const reviewAnswer = z.object({
  id: z.string(),
  title: z.string(),
  scope: reviewScope,
  state: z.enum(['open', 'closed']),
  atDeadline: z.enum(['shrink', 'nothing']),
  windowDays: z.number(),
  openedBy: z.string(),
  openedAt: z.number(),
  dueAt: z.number(),
  closedAt: z.number().nullable(),
  items: z.number(),
  open: z.number(),
  link: z.string(),
});
export const reviewDetailAnswer = reviewAnswer.extend({ list: z.array(itemSummary).readonly() });
export const reviewPageAnswer = pageSchema(reviewAnswer);
export type ReviewView = z.infer<typeof reviewAnswer>;
export type ReviewDetail = z.infer<typeof reviewDetailAnswer>;

export async function showReview(sql: Kysely<Schema>, row: ReviewRow, server: string): Promise<ReviewView> {
  const counts = await sql
    .selectFrom('review_items')
    .select(({ fn }) => [
      fn.countAll<number>().as('items'),
      fn.countAll<number>().filterWhere('state', '=', 'open').as('open'),
    ])
    .where('review_id', '=', row.id)
    .executeTakeFirstOrThrow();
  return {
    ...{ id: row.id, title: row.title, scope: JSON.parse(row.scope), state: row.state },
    ...{ atDeadline: row.at_deadline, windowDays: row.window_days, openedBy: row.opened_by },
    ...{ openedAt: row.opened_at, dueAt: row.due_at, closedAt: row.closed_at },
    ...{ items: Number(counts.items), open: Number(counts.open), link: `${server}/reviews/${row.id}` },
  };
}

export const listReviewsInput = z.strictObject(pageQuery);

/** Newest first. */
export async function listReviews(
  { store, config }: Pick<Context, 'store' | 'config'>,
  actor: Actor,
  input: unknown,
): Promise<Page<ReviewView>> {
  requirePermission(actor, 'reviews.read');
  const { cursor, limit } = listReviewsInput.parse(input);
  const rows = await store.sql
    .selectFrom('reviews')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const server = new URL(config.server.publicUrl).origin;
  const shown = await Promise.all(rows.slice(0, limit).map((row) => showReview(store.sql, row, server)));
  return { items: shown, next: takePage(rows, limit, (row) => row).next };
}

/** With every item, the gravest first. Throws `review.not_found`. */
export async function getReview(
  { store, config }: Pick<Context, 'store' | 'config'>,
  actor: Actor,
  id: string,
): Promise<ReviewDetail> {
  requirePermission(actor, 'reviews.read');
  const row = await loadReview(store.sql, id);
  const server = new URL(config.server.publicUrl).origin;
  const items = await listItems(store.sql, id);
  const names = await nameAgents(
    store.sql,
    items.map((item) => item.agent_id),
  );
  return {
    ...(await showReview(store.sql, row, server)),
    list: items.map((item) => ({
      ...{ id: item.id, agentId: item.agent_id, agentName: names.get(item.agent_id) ?? item.agent_id },
      ...{ delegationId: item.delegation_id, ownerId: item.owner_id, tier: item.tier, state: item.state },
      ...{ decision: item.decision, decidedBy: item.decided_by, reviewers: JSON.parse(item.reviewers) },
      link: `${server}/reviews/items/${item.id}`,
    })),
  };
}

export async function nameAgents(
  sql: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await sql
    .selectFrom('agents')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
