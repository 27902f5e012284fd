import { AppError } from '@countersign/api';
import { type AskedAmendment, canonicalAmendment, tightenAmendment } from '@countersign/core';
import { z } from 'zod';
import { sha256 } from '../platform/sha256.ts';
import { type GivenGrant, type GrantableApproval, signGrant } from './grants/index.ts';
import { narrowAuthority, type narrowerInput, type SignedText } from './narrow-authority.ts';
import type { StoredApproval } from './read-approval.ts';

const tighterInput = z.strictObject({
  drop: z.array(z.string().max(8)).max(64).optional(),
  exact: z.boolean().optional(),
  once: z.boolean().optional(),
  expiresAt: z.number().int().min(0).optional(),
});

/** What goes with the signature under an amendment. */
export const amendmentInput = {
  /** The digest of what was shown: more may have been asked for since. Needed for amendments. */
  shown: z.string().max(64).optional(),
  /** Only for an amendment: less of it than was asked for. */
  tighter: tighterInput.optional(),
};

interface Given {
  readonly limits?: z.output<typeof narrowerInput> | undefined;
  readonly shown?: string | undefined;
  readonly tighter?: z.output<typeof tighterInput> | undefined;
  readonly grant?: GivenGrant;
}

type Narrowed = Pick<StoredApproval, 'kind' | 'signedAction' | 'actionDigest' | 'votes'> & GrantableApproval;

/**
 * What the person's passkey has to sign: the request as it was shown, or less. Throws `approval.digest_mismatch` when it is
 * not what was shown, `approval.limits_wider`, `task.plan_wider` for more than was asked for, `approval.grant_refused`,
 * `approval.grant_wider`.
 */
export function narrowSigned(
  approval: Narrowed,
  { limits, shown, tighter, grant }: Given,
  now: number,
): SignedText {
  if (shown !== undefined && shown !== approval.actionDigest) throw new AppError('approval.digest_mismatch');
  if (approval.kind !== 'amendment') {
    if (tighter !== undefined) throw new AppError('task.plan_wider', { detail: 'not an amendment' });
    if (approval.kind !== 'call' && grant !== undefined) throw new AppError('approval.grant_refused');
    if (approval.kind === 'call' && limits === undefined) return signGrant(approval, { grant, shown }, now);
    return narrowAuthority(approval, limits);
  }
  if (grant !== undefined) throw new AppError('approval.grant_refused');
  // Calls join while it is open: nobody may sign what they were not shown.
  if (shown === undefined) throw new AppError('approval.digest_mismatch');
  if (tighter === undefined) return { text: approval.signedAction, digest: approval.actionDigest };
  // The signatures before would be over another text.
  if (approval.votes.length > 0) throw new AppError('task.plan_wider', { detail: 'somebody has signed it' });
  const asked: AskedAmendment = JSON.parse(approval.signedAction);
  const narrower = tightenAmendment(asked, tighter);
  if (narrower === undefined) throw new AppError('task.plan_wider');
  const text = canonicalAmendment(narrower);
  return { text, digest: sha256(text) };
}
