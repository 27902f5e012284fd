import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, assertionInput, requireOwnPasskey, verifySignature } from '../people/index.ts';
import type { Approval } from './approval-state.ts';
import { castVote } from './cast-vote.ts';
import { grantInput } from './grants/index.ts';
import { holdAmended } from './hold-amended.ts';
import { loadApproval } from './load-approval.ts';
import { amendmentInput, narrowSigned } from './narrow-amendment.ts';
import { narrowerInput } from './narrow-authority.ts';
import { boundReading, readingInput } from './reading.ts';
import { requireAsShown } from './require-as-shown.ts';
import { requireDecider } from './require-decider.ts';
import { requireVisible } from './require-visible.ts';

export const approveInput = z.strictObject({
  approvalId: z.string(),
  assertion: assertionInput,
  reading: readingInput.optional(),
  /** Only for authority: less of it than was asked for. */
  limits: narrowerInput.optional(),
  ...amendmentInput,
  ...grantInput,
});

type Approving = Pick<
  Context,
  'approvals' | 'config' | 'platform' | 'receipts' | 'store' | 'tasks' | 'upstreams'
>;

/**
 * A person's yes to exactly one action: the passkey must have signed the digest of the very text that is kept, and
 * the person must be among those asked. Throws `approval.digest_mismatch`, `approval.not_eligible`,
 * `approval.already_decided`, `approval.expired`, `approval.limits_wider`, `task.plan_wider`, `person.passkey_refused`.
 */
export async function approveApproval(
  context: Approving,
  actor: Actor,
  input: z.input<typeof approveInput>,
): Promise<Approval> {
  const { approvalId, assertion, reading, limits, ...given } = approveInput.parse(input);
  const approval = await loadApproval(context.store, approvalId);
  requireVisible(actor, approval);
  requireDecider(actor, approval);
  requireAsShown(approval);
  const row = await requireOwnPasskey(context.store.sql, actor.person, assertion);
  const signed = narrowSigned(approval, { limits, ...given }, context.platform.now());
  return castVote(context, actor, {
    approvalId,
    choice: 'approve',
    reason: null,
    reading: boundReading(reading, context.platform.now() - approval.requestedAt),
    signed,
    ...(await holdAmended(context, approval)),
    signature: await verifySignature(row, assertion, signed.digest, context.config.server.publicUrl),
  });
}
