import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { Approval } from './approval-state.ts';
import { pauseAfterDenials } from './attention/index.ts';
import { castVote } from './cast-vote.ts';
import { holdAmended } from './hold-amended.ts';
import { loadApproval } from './load-approval.ts';
import { boundReading, readingInput } from './reading.ts';
import { requireDecider } from './require-decider.ts';
import { requireVisible } from './require-visible.ts';

export const denyInput = z.strictObject({
  approvalId: z.string(),
  /** Told to the agent. */
  reason: z
    .string()
    .trim()
    .max(500)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u)
    .nullish(),
  reading: readingInput.optional(),
});

/** A person's no: final, from one alone, and without a passkey, because refusing must never be hard. */
export async function denyApproval(
  context: Context,
  actor: Actor,
  input: z.input<typeof denyInput>,
): Promise<Approval> {
  const { approvalId, reason, reading } = denyInput.parse(input);
  const approval = await loadApproval(context.store, approvalId);
  requireVisible(actor, approval);
  requireDecider(actor, approval);
  const said = reason === undefined || reason === '' ? null : reason;
  const held = await holdAmended(context, approval);
  const denied = await castVote(context, actor, {
    approvalId,
    choice: 'deny',
    reason: said,
    signature: null,
    reading: boundReading(reading, context.platform.now() - approval.requestedAt),
    ...held,
  });
  await pauseAfterDenials(context, denied);
  return denied;
}
