import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue, type Limits } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { type ItemFacts, readFacts, selectMaterial, selectPolicyChange } from './item-facts.ts';
import { type Decision, decisions, type ItemRow, type ReviewRow } from './review.ts';

/** SHA-256, base64url. */
export const digestInput = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const decisionInput = z.strictObject({
  decision: z.enum(decisions).default('shrink'),
  /** Needed to keep what was not used. */
  reason: plainLine(500).optional(),
  /** Of what was shown: it is refused when that is not so any more. */
  digest: digestInput,
});
export type DecisionInput = z.infer<typeof decisionInput>;

/** What one decision does. */
export interface DecisionText {
  readonly purpose: 'countersign access review decision 1';
  readonly review: string;
  readonly item: string;
  readonly server: string;
  /** Who signs it; null for what the deadline does. */
  readonly person: string | null;
  readonly decision: Decision;
  readonly reason: string | null;
  readonly facts: ReturnType<typeof selectMaterial>;
  /** What is granted from then on; null: nothing of it. What is used up of a budget is taken off. */
  readonly limits: Limits | null;
  /** What is added to the policies, to which version of them; null: nothing. */
  readonly policy: ReturnType<typeof selectPolicyChange>;
}

export interface PreparedDecision {
  readonly facts: ItemFacts;
  readonly text: DecisionText;
  readonly canonical: string;
}

/** The digest of what a reviewer is shown. */
export function digestFacts(facts: ItemFacts): string {
  return sha256(canonicalJson(selectMaterial(facts) as unknown as JsonValue));
}

/** The text to be signed, of how things are now. Throws `review.changed`, `review.reason_needed`. */
export async function prepareDecision(
  context: Context,
  { review, item }: { readonly review: ReviewRow; readonly item: ItemRow },
  person: string | null,
  { decision, reason, digest }: Omit<DecisionInput, 'digest'> & { readonly digest: string | null },
): Promise<PreparedDecision> {
  const facts = await readFacts(context, review, item);
  if (digest !== null && digestFacts(facts) !== digest) throw new AppError('review.changed');
  if (decision === 'keep' && reason === undefined) throw new AppError('review.reason_needed');
  const { granted, proposed } = facts;
  const keeps = decision === 'keep' ? (granted?.limits ?? null) : null;
  // Policies change only where somebody signs it.
  const policy = decision === 'shrink' && person !== null ? selectPolicyChange(facts.policy) : null;
  const text: DecisionText = {
    ...{ purpose: 'countersign access review decision 1', review: review.id, item: item.id },
    ...{ server: new URL(context.config.server.publicUrl).origin, person, decision, reason: reason ?? null },
    ...{ facts: selectMaterial(facts), limits: decision === 'shrink' ? proposed : keeps },
    policy,
  };
  return { facts, text, canonical: canonicalJson(text as unknown as JsonValue) };
}
