import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  requireOwnPasskey,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type PreparedNarrowing, prepareNarrowing } from '../../policies/index.ts';
import { catchUp } from '../use/index.ts';
import { applyDecision, withHeld } from './apply-decision.ts';
import { decisionInput, type PreparedDecision, prepareDecision } from './decision-text.ts';
import { type ItemView, showItem } from './item-view.ts';
import { loadItem, loadReview, requireOpenItem } from './review.ts';
import { requireReviewer } from './reviewers.ts';

const longestLookMilliseconds = 24 * 3_600_000;

export const decideItemInput = decisionInput.extend({
  /** How long the page was in front of the person, as their browser counted it. */
  milliseconds: z.number().int().min(0).max(longestLookMilliseconds).optional(),
  assertion: assertionInput,
});

/** What the passkey has to sign: the digest of the facts with exactly this change. */
export async function beginDecision(context: Context, actor: Actor, id: string, input: unknown) {
  const given = decisionInput.parse(input);
  const item = await loadItem(context.store.sql, id);
  const { person } = await requireReviewer(context.store, context.config, actor, item, given.decision);
  const review = await loadReview(context.store.sql, item.review_id);
  requireOpenItem(review, item, context.platform.now());
  await catchUp(context);
  const { canonical } = await prepareDecision(context, { review, item }, person, given);
  return askForSignature(context, person, sha256(canonical));
}

/**
 * Decides one item as its reviewer signed it: delegation and policies change in the transaction that keeps the
 * signature, or neither does. Throws `review.not_open`, `review.changed`, `review.own`, `review.reason_needed`,
 * `person.passkey_refused`, `policy.invalid`, `policy.engines_disagree`.
 */
export async function decideItem(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<ItemView> {
  const { assertion, milliseconds, ...given } = decideItemInput.parse(input);
  const { store, platform, config } = context;
  const item = await loadItem(store.sql, id);
  const { person, session } = await requireReviewer(store, config, actor, item, given.decision);
  const review = await loadReview(store.sql, item.review_id);
  requireOpenItem(review, item, platform.now());
  await catchUp(context);
  const prepared = await prepareDecision(context, { review, item }, person, given);
  const passkey = await requireOwnPasskey(store.sql, person, assertion);
  const signature = await verifySignature(
    passkey,
    assertion,
    sha256(prepared.canonical),
    config.server.publicUrl,
  );
  const policy = await preparePolicy(context, actor, prepared);
  const signed = { text: prepared.canonical, signature, session };
  const spent = { milliseconds: milliseconds ?? null };
  const deciding = { review, item, prepared, by: person, signed, policy, ...spent };
  await withHeld(context, deciding, (cut) =>
    store.transaction(async (tx) => {
      await requireReviewer(tx, config, actor, item, given.decision);
      await countSignature(tx, signature, platform.now());
      await applyDecision(context, tx, deciding, cut);
    }),
  );
  return showItem(context, await loadItem(store.sql, id));
}

async function preparePolicy(
  context: Context,
  actor: Actor,
  { text }: PreparedDecision,
): Promise<PreparedNarrowing | undefined> {
  if (text.policy === null) return undefined;
  const added = { review: text.review, item: text.item, text: text.policy.text };
  const prepared = await prepareNarrowing(context, actor, added);
  if (prepared.base !== text.policy.base) throw new AppError('review.changed');
  return prepared;
}
