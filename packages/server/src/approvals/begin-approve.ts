import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, askForSignature } from '../people/index.ts';
import { getApproval } from './get-approval.ts';
import { grantInput } from './grants/index.ts';
import { amendmentInput, narrowSigned } from './narrow-amendment.ts';
import { narrowerInput } from './narrow-authority.ts';
import { requireAsShown } from './require-as-shown.ts';
import { requireDecider } from './require-decider.ts';

export const beginApproveInput = z.strictObject({
  approvalId: z.string(),
  /** Only for authority: less of it than was asked for. */
  limits: narrowerInput.optional(),
  ...amendmentInput,
  ...grantInput,
});

/** What the browser needs so that the person's passkey signs exactly this action. */
export async function beginApprove(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof beginApproveInput>,
) {
  const { approvalId, limits, ...given } = beginApproveInput.parse(input);
  const { approval, standing } = await getApproval(context, actor, approvalId);
  requireDecider(actor, approval);
  if (approval.state === 'expired') throw new AppError('approval.expired');
  if (approval.state !== 'requested' || standing.hasApproved) throw new AppError('approval.already_decided');
  if (!standing.mayApprove) throw new AppError('approval.not_eligible');
  requireAsShown(approval);
  const signed = narrowSigned(approval, { limits, ...given }, context.platform.now());
  return askForSignature(context, actor.person, signed.digest);
}
