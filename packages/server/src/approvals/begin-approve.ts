import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, loadWebauthn, readRelyingParty } from '../people/index.ts';
import { getApproval } from './get-approval.ts';
import { amendmentInput, narrowSigned } from './narrow-amendment.ts';
import { narrowerInput } from './narrow-authority.ts';
import { requireDecider } from './require-decider.ts';

export const beginApproveInput = z.strictObject({
  approvalId: z.string(),
  /** Only for authority: less of it than was asked for. */
  limits: narrowerInput.optional(),
  ...amendmentInput,
});

/**
 * What the browser needs so that the person's passkey signs exactly this action: the challenge is the action's digest
 * itself, so nothing has to be remembered here and nothing else can be signed instead.
 */
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
  const signed = narrowSigned(approval, { limits, ...given });
  const passkeys = await context.store.sql
    .selectFrom('passkeys')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', actor.person)
    .execute();
  const { generateAuthenticationOptions } = await loadWebauthn();
  return generateAuthenticationOptions({
    rpID: readRelyingParty(context.config.server.publicUrl).id,
    challenge: Uint8Array.from(Buffer.from(signed.digest, 'base64url')),
    allowCredentials: passkeys.map((passkey) => ({
      id: passkey.credential_id,
      transports: JSON.parse(passkey.transports),
    })),
    timeout: 120_000,
    userVerification: 'required',
  });
}
