import { isExcluded, isNamedApprover, type Requirement } from './requirement.ts';
import { satisfies, type Vote } from './satisfies.ts';

interface Asked {
  readonly requirement: Requirement;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly votes: readonly Vote[];
}

/** Every end but `released` leaves the action undone. */
export type ApprovalState =
  | (Asked & { readonly state: 'requested' })
  | (Asked & { readonly state: 'approved'; readonly approvedAt: number })
  | (Asked & { readonly state: 'denied'; readonly deniedAt: number })
  | (Asked & { readonly state: 'expired'; readonly expiredAt: number })
  | (Asked & { readonly state: 'cancelled'; readonly cancelledAt: number })
  | (Asked & { readonly state: 'released'; readonly releasedAt: number });

export type ApprovalEvent =
  | ({ readonly type: 'vote' } & Vote)
  /** `requirement` is what the policy in force asks for now. */
  | { readonly type: 'release'; readonly requirement: Requirement; readonly at: number }
  | { readonly type: 'expire'; readonly at: number }
  | { readonly type: 'cancel'; readonly at: number };

export type ApprovalRefusal =
  | 'clock_went_back'
  | 'already_voted'
  | 'not_an_approver'
  | 'separation_of_duties'
  | 'method_too_weak'
  | 'not_requested'
  | 'not_approved'
  | 'already_released'
  | 'already_over'
  | 'expired'
  | 'not_due'
  | 'requirement_changed';

export type ApprovalChange =
  | { readonly ok: true; readonly state: ApprovalState }
  | { readonly ok: false; readonly code: ApprovalRefusal };

/** Asks for an approval at `at` (epoch milliseconds); without enough votes in time it expires, which denies. */
export function requestApproval(
  requirement: Requirement,
  at: number,
): ApprovalState & { state: 'requested' } {
  return {
    state: 'requested',
    requirement,
    requestedAt: at,
    expiresAt: at + requirement.withinSeconds * 1000,
    votes: [],
  };
}

/** One step of an approval's life. What is denied, expired, cancelled or released never changes again. */
export function applyApprovalEvent(approval: ApprovalState, event: ApprovalEvent): ApprovalChange {
  if (approval.state === 'released') return refuse('already_released');
  if (approval.state !== 'requested' && approval.state !== 'approved') return refuse('already_over');
  if (event.at < approval.requestedAt) return refuse('clock_went_back');
  const isOver = !(event.at < approval.expiresAt);
  switch (event.type) {
    case 'cancel':
      return accept({ ...readAsked(approval), state: 'cancelled', cancelledAt: event.at });
    case 'expire':
      if (!isOver) return refuse('not_due');
      return accept({ ...readAsked(approval), state: 'expired', expiredAt: approval.expiresAt });
    case 'vote':
      return isOver ? refuse('expired') : vote(approval, event);
    case 'release':
      return isOver ? refuse('expired') : release(approval, event);
  }
}

function vote(
  approval: ApprovalState & { state: 'requested' | 'approved' },
  event: ApprovalEvent & { type: 'vote' },
): ApprovalChange {
  const { requirement } = approval;
  const { voter, choice, method, at } = event;
  if (!isNamedApprover(requirement, voter)) return refuse('not_an_approver');
  const votes = [...approval.votes, { voter, choice, method, at }];
  // A single no denies, also from somebody who said yes before or whom separation of duties bars from saying yes.
  if (choice === 'deny') return accept({ ...readAsked(approval), state: 'denied', deniedAt: at, votes });
  if (approval.state === 'approved') return refuse('not_requested');
  if (isExcluded(requirement, voter)) return refuse('separation_of_duties');
  if (method !== requirement.method) return refuse('method_too_weak');
  if (approval.votes.some((earlier) => earlier.voter.person === voter.person)) return refuse('already_voted');
  const asked = { ...readAsked(approval), votes };
  return satisfies(requirement, { votes, at }).satisfied
    ? accept({ ...asked, state: 'approved', approvedAt: at })
    : accept({ ...asked, state: 'requested' });
}

function release(
  approval: ApprovalState & { state: 'requested' | 'approved' },
  event: ApprovalEvent & { type: 'release' },
): ApprovalChange {
  if (approval.state !== 'approved') return refuse('not_approved');
  if (!satisfies(event.requirement, { votes: approval.votes, at: event.at }).satisfied) {
    return refuse('requirement_changed');
  }
  return accept({ ...readAsked(approval), state: 'released', releasedAt: event.at });
}

function readAsked({ requirement, requestedAt, expiresAt, votes }: ApprovalState): Asked {
  return { requirement, requestedAt, expiresAt, votes };
}

function accept(state: ApprovalState): ApprovalChange {
  return { ok: true, state };
}

function refuse(code: ApprovalRefusal): ApprovalChange {
  return { ok: false, code };
}
