import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  hasPermission,
  nameActor,
  requireOwnPasskey,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { catchUp } from '../use/index.ts';
import { applyDecision, withHeld } from './apply-decision.ts';
import { digestFacts, digestInput, type PreparedDecision, prepareDecision } from './decision-text.ts';
import {
  highestBulkTier,
  type ItemRow,
  listItems,
  loadReview,
  type ReviewRow,
  requireOpenItem,
} from './review.ts';
import { requireReviewer, selectReviewable } from './reviewers.ts';

export const beginManyInput = z.strictObject({ digest: digestInput });
export const decideManyInput = beginManyInput.extend({
  milliseconds: z
    .number()
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .optional(),
  assertion: assertionInput,
});

const atOnce = 100;

export interface Bulk {
  readonly review: ReviewRow;
  readonly items: readonly {
    readonly item: ItemRow;
    readonly prepared: PreparedDecision;
    readonly digest: string;
  }[];
  /** Of all items with the digests of their facts. */
  readonly digest: string;
}

/**
 * What one person may shrink together: open items of the lowest tiers that are theirs to review and change no policy, of the first
 * hundred.
 */
export async function gatherBulk(context: Context, actor: Actor, reviewId: string): Promise<Bulk> {
  const review = await loadReview(context.store.sql, reviewId);
  const open = (await listItems(context.store.sql, reviewId)).filter(
    ({ state, tier }) => state === 'open' && tier <= highestBulkTier,
  );
  const items = [];
  for (const item of await findTheirs(context, actor, open)) {
    const asked = { decision: 'shrink' as const, digest: null };
    const prepared = await prepareDecision(context, { review, item }, nameActor(actor), asked);
    // What changes policies is looked at and signed by itself.
    if (prepared.text.policy !== null) continue;
    items.push({ item, prepared, digest: digestFacts(prepared.facts) });
  }
  const list = items.map(({ item, digest }) => ({ item: item.id, digest }));
  return { review, items, digest: sha256(canonicalJson(list)) };
}

/** Nobody who may not review sees them as theirs, whatever the reason. */
async function findTheirs(
  { store, config }: Context,
  actor: Actor,
  open: readonly ItemRow[],
): Promise<readonly ItemRow[]> {
  if (actor.kind !== 'person' || !hasPermission(actor, 'reviews.decide')) return [];
  return (await selectReviewable(store, config, actor, open)).slice(0, atOnce);
}

async function requireBulk(context: Context, actor: Actor, reviewId: string, digest: string): Promise<Bulk> {
  await catchUp(context);
  const bulk = await gatherBulk(context, actor, reviewId);
  if (bulk.items.length === 0) throw new AppError('review.one_by_one');
  if (bulk.digest !== digest) throw new AppError('review.changed');
  return bulk;
}

/** The canonical text of many decisions: it lists what each of them rests on. */
function writeBulk({ review, items }: Bulk): string {
  const decisions = items.map(({ prepared }) => prepared.text);
  const text = { purpose: 'countersign access review decisions 1', review: review.id, decisions };
  return canonicalJson(text as unknown as JsonValue);
}

export async function beginMany(context: Context, actor: Actor, reviewId: string, input: unknown) {
  const { digest } = beginManyInput.parse(input);
  const bulk = await requireBulk(context, actor, reviewId, digest);
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  return askForSignature(context, actor.person, sha256(writeBulk(bulk)));
}

/**
 * Shrinks many low-risk items to what was used with one signature over all of them. Nothing of a higher tier is among
 * them, whatever is asked. Throws `review.one_by_one`, `review.changed`, `person.passkey_refused`.
 */
export async function decideMany(
  context: Context,
  actor: Actor,
  reviewId: string,
  input: unknown,
): Promise<{ readonly decided: number }> {
  const { digest, assertion, milliseconds } = decideManyInput.parse(input);
  const { store, platform, config } = context;
  const bulk = await requireBulk(context, actor, reviewId, digest);
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  const text = writeBulk(bulk);
  const passkey = await requireOwnPasskey(store.sql, actor.person, assertion);
  const signature = await verifySignature(passkey, assertion, sha256(text), config.server.publicUrl);
  const share = milliseconds === undefined ? null : Math.round(milliseconds / bulk.items.length);
  for (const [index, { item, prepared }] of bulk.items.entries()) {
    requireOpenItem(bulk.review, item, platform.now());
    const signed = { text, signature, session: actor.session };
    const deciding = { review: bulk.review, item, prepared, by: actor.person, signed, milliseconds: share };
    await withHeld(context, deciding, (cut) =>
      store.transaction(async (tx) => {
        await requireReviewer(tx, config, actor, item);
        // Used up with the first: what a crash leaves open has to be signed again.
        if (index === 0) await countSignature(tx, signature, platform.now());
        await applyDecision(context, tx, deciding, cut);
      }),
    );
  }
  return { decided: bulk.items.length };
}
