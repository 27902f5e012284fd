import {
  type BoundedGrant,
  findGrantMisfit,
  findGrantScope,
  type GrantedCall,
  satisfiesNow,
} from '@countersign/core';
import type { Approval } from '../approval-state.ts';
import type { AskedNow } from './grant-state.ts';

/** As what the signature says is until when it counts, the time that policy gave when it was signed does not. */
const anyAgeSeconds = Number.MAX_SAFE_INTEGER / 1000;

/** Whether the call is one that the grant lets through. */
export function covers(granted: BoundedGrant, call: GrantedCall, { requirement, tier }: AskedNow): boolean {
  const widest = findGrantScope(requirement, tier);
  if (widest === 'no' || (granted.grant.scope === 'delegation' && widest !== 'delegation')) return false;
  return findGrantMisfit(granted, call) === undefined;
}

/**
 * Whether those who signed it, as they are now, are enough for what policy asks now. Where policy asks something else than
 * when they signed, as it may for people at risk, how fresh a signature it asks for counts as well.
 */
export function isSigned(approval: Approval, { requirement }: AskedNow, at: number): boolean {
  const { freshSeconds, ...rest } = requirement;
  const isAsSigned = JSON.stringify(requirement) === JSON.stringify(approval.requirement);
  const fresh = isAsSigned || freshSeconds === undefined ? {} : { freshSeconds };
  // What somebody let happen alone, in an emergency, is one call.
  const votes = approval.votes.filter((vote) => vote.brokeGlass !== true);
  return satisfiesNow({ ...approval, votes }, { ...rest, ...fresh, withinSeconds: anyAgeSeconds }, at)
    .satisfied;
}
