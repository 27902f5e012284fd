import { AppError } from '@countersign/api';
import { isId, type ApprovalState as Machine } from '@countersign/core';
import type { Transaction } from '../plugins/database/database.ts';
import type { Approval } from './approval-state.ts';
import { readApprovals, type StoredApproval } from './read-approval.ts';

/** Throws `approval.not_found`. */
export async function loadApproval(
  from: Pick<Transaction, 'sql'>,
  approvalId: string,
): Promise<StoredApproval> {
  if (!isId('apr', approvalId)) throw new AppError('approval.not_found');
  const rows = await from.sql.selectFrom('approvals').selectAll().where('id', '=', approvalId).execute();
  const [approval] = await readApprovals(from.sql, rows);
  if (approval === undefined) throw new AppError('approval.not_found');
  return approval;
}

/** The approval in the words of core's state machine. */
export function toMachine(approval: Approval): Machine {
  const { requirement, requestedAt, expiresAt, votes, advancedMilliseconds } = approval;
  const asked = { requirement, requestedAt, expiresAt, votes, advancedMilliseconds };
  const at = approval.decidedAt ?? requestedAt;
  switch (approval.state) {
    case 'requested':
      return { ...asked, state: 'requested' };
    case 'approved':
      return { ...asked, state: 'approved', approvedAt: at };
    case 'denied':
      return { ...asked, state: 'denied', deniedAt: at };
    case 'expired':
      return { ...asked, state: 'expired', expiredAt: at };
    case 'cancelled':
      return { ...asked, state: 'cancelled', cancelledAt: at };
    case 'released':
      return { ...asked, state: 'released', releasedAt: at };
  }
}
