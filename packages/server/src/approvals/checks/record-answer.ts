import type { Transaction } from '../../plugins/database/database.ts';
import type { StoredApproval } from '../read-approval.ts';
import type { CheckOutcome } from './read-outcome.ts';

interface Answer {
  /** The record's own. */
  readonly id: string;
  readonly end: 'approved' | 'denied' | 'expired' | 'cancelled';
  readonly at: number;
}

const outcomes = {
  approved: 'missed',
  denied: 'caught',
  expired: 'unanswered',
  cancelled: 'withdrawn',
} as const satisfies Record<Answer['end'], CheckOutcome>;

/** In the place of every record of a decision: none may ever say that something was authorised or refused. */
export function recordAnswer(tx: Transaction, check: StoredApproval, { id, end, at }: Answer): void {
  tx.record({
    ...{ id, kind: 'approval.check_answered', at, causes: check.recordIds.slice(0, 1), approval: check.id },
    ...(check.checkPersonId === null ? {} : { person: check.checkPersonId }),
    ...(check.drill === null ? {} : { drill: check.drill }),
    body: { outcome: outcomes[end] },
  });
}
