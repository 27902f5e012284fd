import { AppError } from '@countersign/api';
import { canonicalBreakGlass } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { loadApproval } from '../load-approval.ts';
import { requireVisible } from '../require-visible.ts';
import { offersGlass, signingMilliseconds } from './glass-row.ts';

export const proposeGlassInput = z.strictObject({
  approvalId: z.string(),
  /** Why nobody else can be waited for; who reviews it reads it. */
  reason: plainLine(500).pipe(z.string().min(20)),
});

export interface ProposedGlass {
  readonly id: string;
  /** Where a person whom the policy names signs it with a passkey. */
  readonly link: string;
  readonly expiresAt: number;
}

/**
 * Writes down why one person has to let this through alone. Nothing happens until a person whom the policy names for it
 * has signed exactly that. Throws `approval.glass_not_offered`, `approval.already_decided`.
 */
export async function proposeGlass(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof proposeGlassInput>,
): Promise<ProposedGlass> {
  requirePermission(actor, 'approvals.read');
  const { approvalId, reason } = proposeGlassInput.parse(input);
  const approval = await loadApproval(context.store, approvalId);
  requireVisible(actor, approval);
  const at = context.platform.now();
  if (!offersGlass(approval)) throw new AppError('approval.glass_not_offered');
  if (approval.state !== 'requested' || approval.expiresAt <= at)
    throw new AppError('approval.already_decided');
  const id = context.platform.newId('gls');
  const nonce = Buffer.from(context.platform.randomBytes(16)).toString('base64url');
  const signedText = canonicalBreakGlass({
    ...{ approval: approval.id, actionDigest: approval.actionDigest, reason, nonce },
  });
  await context.store.sql
    .insertInto('approval_glass')
    .values({
      ...{ id, approval_id: approval.id, reason, signed_text: signedText, digest: sha256(signedText) },
      ...{ proposed_at: at, person_id: null, broken_at: null, review_due_at: null, record: null },
      ...{ reviewed_by: null, reviewed_at: null, finding: null, note: null },
      ...{ review_text: null, review_evidence: null },
    })
    .execute();
  const link = `${context.config.server.publicUrl}/approvals/glass/${id}`;
  return { id, link, expiresAt: Math.min(at + signingMilliseconds, approval.expiresAt) };
}
