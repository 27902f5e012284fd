import { AppError, permissions, type Role } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Context } from '../../context.ts';
import { type Actor, listNames, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { type ItemRow, topTier } from './review.ts';

export type PersonActor = Actor & { readonly kind: 'person' };

interface Reviewer {
  readonly id: string;
  /** Roles and groups. */
  readonly names: readonly string[];
}

type ReviewedItem = Pick<ItemRow, 'tier' | 'owner_id'> & { readonly giverId: string | null };

/**
 * Owners and givers review what is theirs, and who holds one of the configured roles reviews all; but the top tier is
 * never reviewed by who owns the agent or gave it what it has.
 */
export function mayReview(reviewer: Reviewer, item: ReviewedItem, roles: readonly string[]): boolean {
  const isTheirs = reviewer.id === item.owner_id || reviewer.id === item.giverId;
  const isReviewer = reviewer.names.some((name) => roles.includes(name));
  return item.tier >= topTier ? isReviewer && !isTheirs : isReviewer || isTheirs;
}

/** Everybody active who could hold the review of anything. */
export async function listReviewers(sql: Kysely<Schema>): Promise<readonly Reviewer[]> {
  const rows = await sql.selectFrom('people').selectAll().where('state', '=', 'active').execute();
  const deciders: readonly Role[] = permissions['reviews.decide'];
  return rows
    .map((row) => ({ id: row.id, names: listNames(row) }))
    .filter(({ names }) => names.some((name) => deciders.includes(name as Role)));
}

/** The person who decides the item. Throws `person.forbidden`, `review.own` where separation of duties forbids it. */
export async function requireReviewer(
  { store, config }: Pick<Context, 'store' | 'config'>,
  actor: Actor,
  item: ItemRow,
): Promise<PersonActor> {
  requirePermission(actor, 'reviews.decide');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  const reviewers = await listReviewers(store.sql);
  const reviewer = reviewers.find(({ id }) => id === actor.person);
  if (reviewer === undefined) throw new AppError('person.forbidden');
  const giverId = await findGiver(store.sql, item.delegation_id);
  if (mayReview(reviewer, { ...item, giverId }, config.reviews.reviewers)) return actor;
  const isTheirs = actor.person === item.owner_id || actor.person === giverId;
  throw new AppError(isTheirs ? 'review.own' : 'person.forbidden');
}

export async function findGiver(sql: Kysely<Schema>, delegationId: string | null): Promise<string | null> {
  if (delegationId === null) return null;
  const row = await sql
    .selectFrom('delegations')
    .select('root_person_id')
    .where('id', '=', delegationId)
    .executeTakeFirst();
  return row?.root_person_id ?? null;
}
