import type { StoredApproval } from '../read-approval.ts';

/** `caught`: refused, as it was before. `missed`: approved. `unanswered` counts for nothing, `withdrawn` neither. */
export const checkOutcomes = ['caught', 'missed', 'unanswered', 'withdrawn'] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

type Answered = Pick<StoredApproval, 'checkPersonId' | 'state'> & {
  readonly given: readonly Pick<StoredApproval['given'][number], 'outcome'>[];
};

/** How a check ended; undefined for what is none, and as long as it is open: nothing tells it from a real request then. */
export function readOutcome({ checkPersonId, state, given }: Answered): CheckOutcome | undefined {
  if (checkPersonId === null || state === 'requested') return undefined;
  const [vote] = given;
  if (vote !== undefined) return vote.outcome === 'deny' ? 'caught' : 'missed';
  return state === 'expired' ? 'unanswered' : 'withdrawn';
}
