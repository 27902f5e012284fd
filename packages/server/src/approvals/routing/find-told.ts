import { countElapsed } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { StoredApproval } from '../read-approval.ts';
import { type EligiblePerson, findEligible } from './find-eligible.ts';

/** Who may decide it now. */
export function findDeciders(
  context: Pick<Context, 'store'>,
  approval: StoredApproval,
  at: number,
): Promise<readonly EligiblePerson[]> {
  const { requirement, ownerId, presented, votes } = approval;
  const elapsedSeconds = countElapsed(approval, at);
  const { requesterId } = presented;
  return findEligible(context, { requirement, ownerId, requesterId, votes, at, elapsedSeconds });
}

/** Those of them who are told now. When all are quiet all are told: an approval never waits in silence. */
export function chooseTold(deciders: readonly EligiblePerson[]): readonly EligiblePerson[] {
  const awake = deciders.filter((one) => !one.isQuiet);
  return awake.length > 0 ? awake : deciders;
}
