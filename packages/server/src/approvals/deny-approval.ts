import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { Approval } from './approval-state.ts';
import { castVote } from './cast-vote.ts';

export const denyInput = z.strictObject({
  approvalId: z.string(),
  /** Told to the agent. */
  reason: z
    .string()
    .trim()
    .max(500)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u)
    .nullish(),
});

/** A person's no: final, from one alone, and without a passkey, because refusing must never be hard. */
export async function denyApproval(
  context: Pick<Context, 'approvals' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof denyInput>,
): Promise<Approval> {
  requirePermission(actor, 'approvals.decide');
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible');
  const { approvalId, reason } = denyInput.parse(input);
  const said = reason === undefined || reason === '' ? null : reason;
  return castVote(context, actor, { approvalId, choice: 'deny', reason: said, passkey: null });
}
