import { AppError, permissions, type Role } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Context } from '../../context.ts';
import { type Actor, listNames, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { type Decision, type ItemRow, topTier } from './review.ts';

export type PersonActor = Actor & { readonly kind: 'person' };

interface Reviewer {
  readonly id: string;
  /** Roles and groups. */
  readonly names: readonly string[];
}

interface Reviewed {
  readonly tier: number;
  /** Who owns the agent now, whoever did when the review was opened. */
  readonly ownerId: string | null;
  readonly giverId: string | null;
}

type Reading = { readonly sql: Kysely<Schema> };

/**
 * Owners and givers review what is theirs, and who holds one of the configured roles reviews all; but the top tier is
 * never reviewed by who owns the agent or gave it what it has.
 */
export function mayReview(reviewer: Reviewer, item: Reviewed, roles: readonly string[]): boolean {
  const isTheirs = reviewer.id === item.ownerId || reviewer.id === item.giverId;
  const isReviewer = holdsOne(reviewer, roles);
  return item.tier >= topTier ? isReviewer && !isTheirs : isReviewer || isTheirs;
}

/** Who gave an agent something decides on that alone: else whoever gave a stranger's agent a little could end it. */
export function mayRetire(reviewer: Reviewer, item: Reviewed, roles: readonly string[]): boolean {
  if (!mayReview(reviewer, item, roles)) return false;
  return reviewer.id === item.ownerId || holdsOne(reviewer, roles);
}

function holdsOne({ names }: Reviewer, roles: readonly string[]): boolean {
  return names.some((name) => roles.includes(name));
}

/** Everybody active who could hold the review of anything. */
export async function listReviewers(sql: Kysely<Schema>): Promise<readonly Reviewer[]> {
  return readReviewers(await sql.selectFrom('people').selectAll().where('state', '=', 'active').execute());
}

type PersonNames = Parameters<typeof listNames>[0] & { readonly id: string };

function readReviewers(rows: readonly PersonNames[]): readonly Reviewer[] {
  const deciders: readonly Role[] = permissions['reviews.decide'];
  return rows
    .map((row) => ({ id: row.id, names: listNames(row) }))
    .filter(({ names }) => names.some((name) => deciders.includes(name as Role)));
}

/**
 * The person who decides the item, as roles, owner and giver are now: asked again in the transaction that decides.
 * Throws `person.forbidden`, `review.own` where separation of duties forbids it.
 */
export async function requireReviewer(
  { sql }: Reading,
  { reviews }: Context['config'],
  actor: Actor,
  item: ItemRow,
  decision?: Decision,
): Promise<PersonActor> {
  const [person, reviewer] = await findReviewer({ sql }, actor);
  const [reviewed] = await readReviewed({ sql }, [item]);
  if (reviewed === undefined || !mayReview(reviewer, reviewed, reviews.reviewers)) {
    const isTheirs = person.person === reviewed?.ownerId || person.person === reviewed?.giverId;
    throw new AppError(isTheirs ? 'review.own' : 'person.forbidden');
  }
  if (decision === 'retire' && !mayRetire(reviewer, reviewed, reviews.reviewers))
    throw new AppError('person.forbidden', { detail: 'its owner retires an agent, or who reviews all' });
  return person;
}

/** Those of the items that are the actor's to review. */
export async function selectReviewable(
  { sql }: Reading,
  { reviews }: Context['config'],
  actor: Actor,
  items: readonly ItemRow[],
): Promise<readonly ItemRow[]> {
  const [, reviewer] = await findReviewer({ sql }, actor);
  const reviewed = await readReviewed({ sql }, items);
  return items.filter((_, at) => {
    const one = reviewed[at];
    return one !== undefined && mayReview(reviewer, one, reviews.reviewers);
  });
}

async function findReviewer({ sql }: Reading, actor: Actor): Promise<readonly [PersonActor, Reviewer]> {
  requirePermission(actor, 'reviews.decide');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  const rows = await sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', actor.person)
    .where('state', '=', 'active')
    .execute();
  const [reviewer] = readReviewers(rows);
  if (reviewer === undefined) throw new AppError('person.forbidden');
  return [actor, reviewer];
}

/** In the order of the items. */
async function readReviewed({ sql }: Reading, items: readonly ItemRow[]): Promise<readonly Reviewed[]> {
  if (items.length === 0) return [];
  const rows = await sql
    .selectFrom('review_items as item')
    .leftJoin('agents', 'agents.id', 'item.agent_id')
    .leftJoin('delegations', 'delegations.id', 'item.delegation_id')
    .select(['item.id', 'item.tier', 'agents.owner_id', 'delegations.root_person_id'])
    .where(
      'item.id',
      'in',
      items.map(({ id }) => id),
    )
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return items.map(({ id, tier }) => {
    const row = byId.get(id);
    return { tier, ownerId: row?.owner_id ?? null, giverId: row?.root_person_id ?? null };
  });
}
