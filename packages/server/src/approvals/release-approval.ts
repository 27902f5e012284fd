import { AppError } from '@countersign/api';
import { applyApprovalEvent, type Requirement } from '@countersign/core';
import type { Context } from '../context.ts';
import { describeSubject } from './describe-subject.ts';
import { loadApproval, toMachine } from './load-approval.ts';
import type { StoredApproval } from './read-approval.ts';
import { refuseEvent } from './refuse-event.ts';
import { requireAsShown } from './require-as-shown.ts';

export interface Release {
  readonly approvalId: string;
  /** The action that goes out now; the approval may have been asked for by an earlier identical one. */
  readonly actionId: string;
  readonly causes: readonly string[];
  /** What policy asks now; the approval's own when absent. */
  readonly requirement?: Requirement;
}

/**
 * Spends an approval in the same transaction that records `action.release`: of all who try, one succeeds. Votes are
 * judged again, with their voters' roles of this moment. Throws `approval.already_decided`, `approval.expired`,
 * `approval.insufficient`, `approval.is_drill`, `approval.digest_mismatch`.
 */
export async function releaseApproval(
  context: Pick<Context, 'platform' | 'store'>,
  release: Release,
): Promise<{ readonly approval: StoredApproval; readonly recordId: string }> {
  return context.store.transaction(async (tx) => {
    const approval = await loadApproval(tx, release.approvalId);
    if (approval.drill !== null) throw new AppError('approval.is_drill');
    requireAsShown(approval);
    const at = context.platform.now();
    const requirement = release.requirement ?? approval.requirement;
    const changed = applyApprovalEvent(toMachine(approval), { type: 'release', requirement, at });
    if (!changed.ok) throw refuseEvent(changed.code);
    const spent = await tx.sql
      .updateTable('approvals')
      .set({ state: 'released', released_at: at })
      .where('id', '=', approval.id)
      .where('state', '=', 'approved')
      .where('expires_at', '>', at)
      .executeTakeFirst();
    if (spent.numUpdatedRows !== 1n) throw refuseEvent('already_released');
    const recordId = context.platform.newId('rec');
    tx.record({
      ...describeSubject(approval),
      id: recordId,
      kind: 'action.release',
      at,
      action: release.actionId,
      causes: [...new Set([...release.causes, ...approval.recordIds.slice(-1)])],
      body: {
        callDigest: approval.callDigest,
        actionDigest: approval.actionDigest,
        requestedBy: approval.actionId,
        approvers: [...new Set(approval.votes.map((vote) => vote.voter.person))],
      },
    });
    return { approval: { ...approval, state: 'released' as const }, recordId };
  });
}
