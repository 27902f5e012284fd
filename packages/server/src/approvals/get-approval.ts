import { countElapsed, findCapacities, isFresh, isNamedApprover, mayBreakGlass } from '@countersign/core';
import type { Context } from '../context.ts';
import { recordRead } from '../ledger/index.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { type CheckVerdict, findVerdict } from './checks/index.ts';
import { loadApproval } from './load-approval.ts';
import type { StoredApproval } from './read-approval.ts';
import { mayDecide } from './require-decider.ts';
import { requireVisible } from './require-visible.ts';
import { loadRoster } from './routing/index.ts';

/** What the asking person may do with it now. */
export interface Standing {
  readonly mayDeny: boolean;
  readonly mayApprove: boolean;
  readonly hasApproved: boolean;
  /** Alone, in an emergency. */
  readonly mayBreakGlass: boolean;
  /** Whose duty to approve the person would carry; empty when they are asked themselves. */
  readonly forPersonIds: readonly string[];
}

export interface ViewedApproval {
  readonly approval: StoredApproval;
  readonly standing: Standing;
  /** How a check ended; null as long as it is open, and for what is none. */
  readonly check: CheckVerdict | null;
}

/** Throws `approval.not_found`. A passed deadline shows as `expired` even before it is written down. */
export async function getApproval(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  approvalId: string,
): Promise<ViewedApproval> {
  requirePermission(actor, 'approvals.read');
  const stored = await loadApproval(context.store, approvalId);
  requireVisible(actor, stored);
  await recordRead(context, actor, {
    how: 'approvals',
    selection: { approval: stored.id, action: stored.actionId },
  });
  const isOver = context.platform.now() >= stored.expiresAt;
  const isOpen = stored.state === 'requested' || stored.state === 'approved';
  const approval =
    isOver && isOpen ? { ...stored, state: 'expired' as const, decidedAt: stored.expiresAt } : stored;
  const standing = await findStanding(context, actor, approval);
  return { approval, standing, check: await findVerdict(context.store, approval) };
}

async function findStanding(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  approval: StoredApproval,
): Promise<Standing> {
  const none: Standing = {
    ...{ mayDeny: false, mayApprove: false, hasApproved: false, mayBreakGlass: false },
    forPersonIds: [],
  };
  if (actor.kind !== 'person' || !mayDecide(actor, approval)) return none;
  const { sql } = context.store;
  const row = await sql.selectFrom('people').selectAll().where('id', '=', actor.person).executeTakeFirst();
  if (row === undefined) return none;
  const at = context.platform.now();
  const { ownerId, requirement, presented, state } = approval;
  const roster = await loadRoster(sql, [actor.person]);
  const voter = roster.read(row, { ownerId, requesterId: presented.requesterId }, at);
  const elapsed = countElapsed(approval, at);
  const capacities = findCapacities(requirement, voter, elapsed);
  const hasApproved = approval.votes.some(
    (vote) =>
      vote.choice === 'approve' && vote.voter.person === actor.person && isFresh(requirement, vote, at),
  );
  const isOpen = state === 'requested' || state === 'approved';
  return {
    mayDeny: isOpen && isNamedApprover(requirement, voter, elapsed),
    mayApprove: state === 'requested' && capacities !== undefined && !hasApproved,
    hasApproved,
    mayBreakGlass: state === 'requested' && mayBreakGlass(requirement, voter),
    forPersonIds:
      capacities === undefined || capacities.own ? [] : capacities.duties.map(({ giver }) => giver.person),
  };
}
