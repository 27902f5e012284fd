import { isExcluded, isNamedApprover } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { loadApproval } from './load-approval.ts';
import { readVoter, type StoredApproval } from './read-approval.ts';
import { mayDecide } from './require-decider.ts';

/** What the asking person may do with it now. */
export interface Standing {
  readonly mayDeny: boolean;
  readonly mayApprove: boolean;
  readonly hasApproved: boolean;
}

export interface ViewedApproval {
  readonly approval: StoredApproval;
  readonly standing: Standing;
}

/** Throws `approval.not_found`. A passed deadline shows as `expired` even before it is written down. */
export async function getApproval(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  approvalId: string,
): Promise<ViewedApproval> {
  requirePermission(actor, 'approvals.read');
  const stored = await loadApproval(context.store, approvalId);
  const isOver = context.platform.now() >= stored.expiresAt;
  const isOpen = stored.state === 'requested' || stored.state === 'approved';
  const approval =
    isOver && isOpen ? { ...stored, state: 'expired' as const, decidedAt: stored.expiresAt } : stored;
  return { approval, standing: await findStanding(context, actor, approval) };
}

async function findStanding(
  context: Pick<Context, 'store'>,
  actor: Actor,
  approval: StoredApproval,
): Promise<Standing> {
  const none: Standing = { mayDeny: false, mayApprove: false, hasApproved: false };
  if (actor.kind !== 'person' || !mayDecide(actor, approval)) return none;
  const row = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', actor.person)
    .executeTakeFirst();
  if (row === undefined) return none;
  const voter = readVoter(row, approval.ownerId, approval.presented.requesterId);
  const hasApproved = approval.votes.some(
    (vote) => vote.choice === 'approve' && vote.voter.person === actor.person,
  );
  const isAsked = isNamedApprover(approval.requirement, voter);
  const isOpen = approval.state === 'requested' || approval.state === 'approved';
  const isBarred = isExcluded(approval.requirement, voter) || hasApproved;
  return {
    mayDeny: isAsked && isOpen,
    mayApprove: isAsked && approval.state === 'requested' && !isBarred,
    hasApproved,
  };
}
