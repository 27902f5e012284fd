import { AppError } from '@countersign/api';
import { canonicalGrant, draftGrant, isNarrowerGrant, readGrant, withoutGrant } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { SignedText } from '../narrow-authority.ts';
import type { StoredApproval } from '../read-approval.ts';
import type { GivenGrant } from './grant-input.ts';

export type GrantableApproval = Pick<
  StoredApproval,
  | 'kind'
  | 'signedAction'
  | 'actionDigest'
  | 'votes'
  | 'requirement'
  | 'grantBasis'
  | 'drill'
  | 'checkPersonId'
>;

/**
 * What the person's passkey has to sign: the one call, or a grant of calls like it. Who signs first says how far it reaches;
 * later ones may only let less happen, and then those before them have to sign that. Throws `approval.grant_refused`,
 * `approval.grant_wider`, `approval.digest_mismatch` when a grant is signed that was not shown.
 */
export function signGrant(
  approval: GrantableApproval,
  given: { readonly grant?: GivenGrant; readonly shown?: string | undefined },
  now: number,
): SignedText {
  const before = readGrant(approval.signedAction);
  if (given.grant === undefined) {
    // Nobody may let more happen than they were shown.
    if (before !== undefined && given.shown === undefined) throw new AppError('approval.digest_mismatch');
    return { text: approval.signedAction, digest: approval.actionDigest };
  }
  const plain = withoutGrant(approval.signedAction);
  if (given.grant === null) return digest(plain);
  const drafted = draft(approval, plain, given.grant, now);
  if (approval.votes.length > 0 && (before === undefined || !isNarrowerGrant(drafted, before.grant)))
    throw new AppError('approval.grant_wider');
  return digest(canonicalGrant(plain, drafted));
}

function draft(approval: GrantableApproval, plain: string, wish: NonNullable<GivenGrant>, now: number) {
  const { kind, grantBasis, requirement, drill, checkPersonId } = approval;
  // A check lets sign whatever a real request would; nothing is ever kept of it.
  const isDrill = drill !== null && checkPersonId === null;
  if (kind !== 'call' || isDrill || grantBasis === null) throw new AppError('approval.grant_refused');
  const drafted = draftGrant(grantBasis, { arguments: JSON.parse(plain).arguments, requirement, now }, wish);
  if (!drafted.ok) throw new AppError('approval.grant_refused', { detail: drafted.detail });
  return drafted.terms;
}

function digest(text: string): SignedText {
  return { text, digest: sha256(text) };
}
