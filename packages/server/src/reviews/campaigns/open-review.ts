import { AppError } from '@countersign/api';
import { rankLimits } from '@countersign/core';
import type { Insertable, Kysely } from 'kysely';
import { z } from 'zod';
import { notePersonNews } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type DelegationRow, toChainLink } from '../../delegations/index.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { mostItems, type ReviewScope, reviewScope } from './review.ts';
import { type ReviewView, showReview } from './review-view.ts';
import { listReviewers, mayReview } from './reviewers.ts';

export const openReviewInput = z.strictObject({
  title: plainLine(120),
  scope: reviewScope.default({}),
  /** When it is to be done. */
  dueDays: z.number().int().min(1).max(90).default(14),
  /** Of use that is looked back at. */
  windowDays: z.number().int().min(7).max(365).default(90),
  /** What happens by itself to what nobody decided in time. */
  atDeadline: z.enum(['shrink', 'nothing']).default('shrink'),
});
export type ReviewSettings = z.input<typeof openReviewInput>;

const day = 86_400_000;
type NewItem = Insertable<Schema['review_items']>;

/**
 * Opens a review: an item for every delegation of a person in scope, and one for every agent that holds none. Throws
 * `review.empty`, `review.too_large`.
 */
export async function openReview(context: Context, actor: Actor, input: unknown): Promise<ReviewView> {
  requirePermission(actor, 'reviews.open');
  const { title, scope, dueDays, windowDays, atDeadline } = openReviewInput.parse(input);
  const { platform, store, config } = context;
  const now = platform.now();
  const id = platform.newId('rev');
  const items = await makeItems(context, id, scope);
  if (items.length === 0) throw new AppError('review.empty');
  if (items.length > mostItems)
    throw new AppError('review.too_large', { detail: `more than ${mostItems} items` });
  const record = platform.newId('rec');
  const by = nameActor(actor);
  const row = {
    ...{ id, title, scope: JSON.stringify(scope), state: 'open' as const, at_deadline: atDeadline },
    ...{ window_days: windowDays, opened_by: by, opened_record: record, opened_at: now },
    ...{ due_at: now + dueDays * day, reminded_at: null, closed_at: null, report: null },
  };
  await store.transaction(async (tx) => {
    await tx.sql.insertInto('reviews').values(row).execute();
    for (let from = 0; from < items.length; from += 50)
      await tx.sql
        .insertInto('review_items')
        .values(items.slice(from, from + 50))
        .execute();
    tx.record({
      ...{ id: record, kind: 'review.opened', at: now, causes: [] },
      body: { by, review: id, title, scope, items: items.length, dueAt: row.due_at, atDeadline, windowDays },
    });
    const asked = new Set(items.flatMap(({ reviewers }) => JSON.parse(reviewers) as string[]));
    for (const personId of asked)
      await notePersonNews(context, tx, {
        personId,
        kind: 'review_due',
        subject: title,
        link: `/reviews/${id}`,
      });
  });
  return showReview(store.sql, row, new URL(config.server.publicUrl).origin);
}

async function makeItems(
  context: Context,
  reviewId: string,
  scope: ReviewScope,
): Promise<readonly NewItem[]> {
  const { platform, store, config } = context;
  const reviewers = await listReviewers(store.sql);
  const rows = await selectHeld(store.sql, scope, platform.now());
  return rows.flatMap(({ agentId, ownerId, delegation }) => {
    const limits = delegation === null ? null : toChainLink(delegation).limits;
    const tier = limits === null ? 0 : rankLimits(limits);
    if (limits !== null && scope.upstream !== undefined && limits.upstreams !== '*')
      if (!limits.upstreams.includes(scope.upstream)) return [];
    if (tier < (scope.minTier ?? 0)) return [];
    const reviewed = { tier, ownerId, giverId: delegation?.root_person_id ?? null };
    const asked = reviewers.filter((one) => mayReview(one, reviewed, config.reviews.reviewers));
    return [
      {
        ...{ id: platform.newId('rvi'), review_id: reviewId, agent_id: agentId, owner_id: ownerId, tier },
        ...{ delegation_id: delegation?.id ?? null, state: 'open' as const },
        reviewers: JSON.stringify(asked.map((one) => one.id)),
      },
    ];
  });
}

interface Held {
  readonly agentId: string;
  readonly ownerId: string;
  readonly delegation: DelegationRow | null;
}

/** What agents hold from people, and agents that hold nothing. */
async function selectHeld(sql: Kysely<Schema>, scope: ReviewScope, now: number): Promise<readonly Held[]> {
  const agents = await sql
    .selectFrom('agents')
    .select(['id', 'owner_id'])
    .where('state', '!=', 'retired')
    .$if(scope.ownerId !== undefined, (query) => query.where('owner_id', '=', scope.ownerId ?? ''))
    .orderBy('id')
    .limit(20_000)
    .execute();
  const delegations = await sql
    .selectFrom('delegations')
    .innerJoin('agents', 'agents.id', 'delegations.agent_id')
    .selectAll('delegations')
    .where('agents.state', '!=', 'retired')
    .where('delegations.parent_id', 'is', null)
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', now)
    .$if(scope.ownerId !== undefined, (query) => query.where('agents.owner_id', '=', scope.ownerId ?? ''))
    .orderBy('delegations.id')
    .limit(20_000)
    .execute();
  const held = Map.groupBy(delegations, ({ agent_id: id }) => id);
  // Who holds nothing reaches no upstream and has no risk: such agents are in a review of everything alone.
  const isNarrow = scope.upstream !== undefined || (scope.minTier ?? 0) > 0;
  return agents.flatMap(({ id: agentId, owner_id: ownerId }): readonly Held[] => {
    const rows = held.get(agentId) ?? [];
    if (rows.length === 0) return isNarrow ? [] : [{ agentId, ownerId, delegation: null }];
    return rows.map((delegation) => ({ agentId, ownerId, delegation }));
  });
}
