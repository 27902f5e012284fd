import { findCapacities, isNamedApprover, mayBreakGlass, type Requirement } from './requirement.ts';
import {
  countElapsed,
  GLASS_SECONDS,
  isFresh,
  type Satisfaction,
  satisfies,
  type Vote,
} from './satisfies.ts';

interface Asked {
  readonly requirement: Requirement;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly votes: readonly Vote[];
  /** By how much the escalation was brought forward because nobody could be told. */
  readonly advancedMilliseconds?: number;
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
  /** Nobody who may decide can be told: those of the next step may from now on. */
  | { readonly type: 'escalate'; readonly at: number }
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
  | 'no_escalation'
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
      if (isOver) return refuse('expired');
      return event.brokeGlass === true ? breakGlass(approval, event) : vote(approval, event);
    case 'escalate':
      return isOver ? refuse('expired') : escalate(approval, event.at);
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
  const elapsed = countElapsed(approval, at);
  if (!isNamedApprover(requirement, voter, elapsed)) return refuse('not_an_approver');
  const votes = [...approval.votes, { voter, choice, method, at }];
  // A single no denies, also from somebody who said yes before or whom separation of duties bars from saying yes.
  if (choice === 'deny') return accept({ ...readAsked(approval), state: 'denied', deniedAt: at, votes });
  if (approval.state === 'approved') return refuse('not_requested');
  if (findCapacities(requirement, voter, elapsed) === undefined) return refuse('separation_of_duties');
  if (method !== requirement.method) return refuse('method_too_weak');
  const own = approval.votes.filter((earlier) => earlier.voter.person === voter.person);
  // Who approved so long ago that it no longer counts may say so again.
  if (own.some((earlier) => isFresh(requirement, earlier, at))) return refuse('already_voted');
  const asked = { ...readAsked(approval), votes: votes.filter((earlier) => !own.includes(earlier)) };
  return satisfies(requirement, { ...asked, at }).satisfied
    ? accept({ ...asked, state: 'approved', approvedAt: at })
    : accept({ ...asked, state: 'requested' });
}

/** One person alone, for a few minutes, where the requirement names them for it. */
function breakGlass(
  approval: ApprovalState & { state: 'requested' | 'approved' },
  { voter, choice, method, at }: ApprovalEvent & { type: 'vote' },
): ApprovalChange {
  const { requirement } = approval;
  if (approval.state === 'approved') return refuse('not_requested');
  if (choice !== 'approve') return refuse('not_an_approver');
  if (!mayBreakGlass(requirement, voter)) {
    const isNamed = mayBreakGlass({ ...requirement, excluded: [], ownerMayBreakGlass: true }, voter);
    return refuse(isNamed ? 'separation_of_duties' : 'not_an_approver');
  }
  if (method !== requirement.method) return refuse('method_too_weak');
  const others = approval.votes.filter((earlier) => earlier.voter.person !== voter.person);
  return accept({
    ...readAsked(approval),
    votes: [...others, { voter, choice, method, at, brokeGlass: true }],
    expiresAt: Math.min(approval.expiresAt, at + GLASS_SECONDS * 1000),
    state: 'approved',
    approvedAt: at,
  });
}

function escalate(approval: ApprovalState & { state: 'requested' | 'approved' }, at: number): ApprovalChange {
  const elapsed = countElapsed(approval, at);
  if (!Number.isFinite(elapsed)) return refuse('expired');
  const next = approval.requirement.escalation?.find((step) => step.afterSeconds > elapsed);
  if (approval.state !== 'requested' || next === undefined) return refuse('no_escalation');
  const advancedMilliseconds = approval.requestedAt + next.afterSeconds * 1000 - at;
  return accept({ ...readAsked(approval), advancedMilliseconds, state: 'requested' });
}

function release(
  approval: ApprovalState & { state: 'requested' | 'approved' },
  event: ApprovalEvent & { type: 'release' },
): ApprovalChange {
  if (approval.state !== 'approved') return refuse('not_approved');
  if (!satisfiesNow(approval, event.requirement, event.at).satisfied) {
    return refuse('requirement_changed');
  }
  return accept({ ...readAsked(approval), state: 'released', releasedAt: event.at });
}

/**
 * Whether what was given so far satisfies what is required now. An escalation that was brought forward is that of the
 * requirement under which it was asked, and of no other.
 */
export function satisfiesNow(
  asked: Pick<Asked, 'requirement' | 'requestedAt' | 'votes' | 'advancedMilliseconds'>,
  required: Requirement,
  at: number,
): Satisfaction {
  const { requirement, votes, requestedAt, advancedMilliseconds } = asked;
  const isSame = JSON.stringify(requirement.escalation) === JSON.stringify(required.escalation);
  const advanced = isSame && advancedMilliseconds !== undefined ? { advancedMilliseconds } : {};
  return satisfies(required, { votes, requestedAt, at, ...advanced });
}

function readAsked({
  requirement,
  requestedAt,
  expiresAt,
  votes,
  advancedMilliseconds,
}: ApprovalState): Asked {
  const asked = { requirement, requestedAt, expiresAt, votes };
  return advancedMilliseconds === undefined ? asked : { ...asked, advancedMilliseconds };
}

function accept(state: ApprovalState): ApprovalChange {
  return { ok: true, state };
}

function refuse(code: ApprovalRefusal): ApprovalChange {
  return { ok: false, code };
}
