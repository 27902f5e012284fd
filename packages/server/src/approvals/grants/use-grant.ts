import { AppError } from '@countersign/api';
import { readGrant } from '@countersign/core';
import type { Context } from '../../context.ts';
import { describeSubject } from '../describe-subject.ts';
import { loadApproval } from '../load-approval.ts';
import { requireAsShown } from '../require-as-shown.ts';
import type { GrantUse } from './grant-state.ts';
import { covers, isSigned } from './judge-grant.ts';

/** What was not taken back keeps what was given, also where the call that was shown never came again. */
const lasting: ReadonlySet<string> = new Set(['approved', 'released', 'expired']);

/**
 * Uses a grant once, in the same transaction that records `action.release`. The signed text, the votes with their voters'
 * roles of this moment and what is left are all looked at again. Throws `approval.grant_spent`, `approval.insufficient`,
 * `approval.digest_mismatch`.
 */
export async function useGrant(
  context: Pick<Context, 'platform' | 'store'>,
  use: GrantUse,
): Promise<{ readonly recordId: string; readonly used: number; readonly spentMinor: number }> {
  const { call, asked } = use;
  return context.store.transaction(async (tx) => {
    const approval = await loadApproval(tx, use.approvalId);
    const granted = readGrant(approval.signedAction);
    if (granted === undefined || approval.drill !== null || !lasting.has(approval.state))
      throw new AppError('approval.grant_spent');
    requireAsShown(approval);
    const at = context.platform.now();
    if (!covers(granted, { ...call, at }, asked)) throw new AppError('approval.grant_spent');
    if (!isSigned(approval, asked, at)) throw new AppError('approval.insufficient');
    const { uses, total } = granted.grant;
    const minor = call.spend?.minor ?? 0;
    const counted = await tx.sql
      .updateTable('approval_grants')
      .set((row) => ({ used: row('used', '+', 1), spent_minor: row('spent_minor', '+', minor) }))
      .where('approval_id', '=', approval.id)
      .where('ended_at', 'is', null)
      .where('used', '<', uses)
      .$if(total !== null, (row) => row.where('spent_minor', '<=', (total?.minor ?? 0) - minor))
      .returning(['used', 'spent_minor', 'record'])
      .executeTakeFirst();
    if (counted === undefined) throw new AppError('approval.grant_spent');
    const recordId = context.platform.newId('rec');
    tx.record({
      ...describeSubject(approval),
      id: recordId,
      kind: 'action.release',
      at,
      action: use.actionId,
      // Under a delegation it may be another task than the one that was shown.
      task: call.task,
      causes: [...new Set([...use.causes, counted.record])],
      body: {
        actionDigest: approval.actionDigest,
        approvers: [...new Set(approval.votes.map((vote) => vote.voter.person))],
        callDigest: use.callDigest,
        grant: { number: counted.used, uses },
        requestedBy: approval.actionId,
      },
    });
    return { recordId, used: counted.used, spentMinor: counted.spent_minor };
  });
}
