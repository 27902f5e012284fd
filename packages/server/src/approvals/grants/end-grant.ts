import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';

export const endGrantInput = z.strictObject({
  approvalId: z.string(),
  reason: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u)
    .optional(),
});

/** Takes a grant back at once: the next call like it is asked for again. Throws `approval.grant_not_found`. */
export async function endGrant(
  context: Pick<Context, 'approvals' | 'store'>,
  actor: Actor,
  input: z.input<typeof endGrantInput>,
): Promise<{ readonly approvalId: string }> {
  requirePermission(actor, 'approvals.end_grants');
  const { approvalId, reason } = endGrantInput.parse(input);
  if (!isId('apr', approvalId)) throw new AppError('approval.grant_not_found');
  const ended = await context.approvals.grants.endOne(approvalId, reason ?? 'taken_back', nameActor(actor));
  if (!ended) throw new AppError('approval.grant_not_found');
  return { approvalId };
}
