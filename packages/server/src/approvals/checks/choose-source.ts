import { AppError } from '@countersign/api';
import { findCapacities } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { pleaReasons } from '../page/deny-reasons.ts';
import { readApprovals, type StoredApproval } from '../read-approval.ts';
import { requireAsShown } from '../require-as-shown.ts';
import type { PersonRow, Roster } from '../routing/load-roster.ts';

const dayMilliseconds = 24 * 3_600_000;
const lookBackMilliseconds = 60 * dayMilliseconds;
const mostLookedAt = 200;
/** What has to be answered sooner would measure who is at their desk. */
const shortestMilliseconds = 60_000;

/**
 * A call that somebody else refused for what it was, which this person could have been asked themselves: of the newest 200 of
 * 60 days, any. None is shown to the same person twice. Undefined when there is none.
 */
export async function chooseSource(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  person: PersonRow,
  roster: Roster,
): Promise<StoredApproval | undefined> {
  const now = platform.now();
  const rows = await tx.sql
    .selectFrom('approvals')
    .innerJoin('agents', 'agents.id', 'approvals.agent_id')
    .selectAll('approvals')
    .where('approvals.state', '=', 'denied')
    .where('approvals.kind', '=', 'call')
    .where('approvals.drill', 'is', null)
    .where('approvals.reason', 'is not', null)
    .where('approvals.requested_at', '>', now - lookBackMilliseconds)
    .where('agents.state', '=', 'active')
    .orderBy('approvals.requested_at', 'desc')
    .limit(mostLookedAt)
    .execute();
  const seen = await tx.sql
    .selectFrom('approvals')
    .select('check_of')
    .where('check_person_id', '=', person.id)
    .execute();
  const known = new Set(seen.map((row) => row.check_of));
  const fresh = rows.filter((row) => !known.has(row.id));
  const suited = (await readApprovals(tx.sql, fresh)).filter(
    (source) => isTelling(source) && couldDecide(source, person, roster, now),
  );
  const [low = 0, high = 0] = platform.randomBytes(2);
  return suited[(low * 256 + high) % Math.max(1, suited.length)];
}

/** One person alone decides it, at leisure, and it was refused for what it is and not for when it came. */
function isTelling(source: StoredApproval): boolean {
  const { requirement, presented, reason, requestedAt, expiresAt } = source;
  const isPlain =
    requirement.quorum === 1 && requirement.each === undefined && requirement.breakGlass === undefined;
  const isWrong = reason !== null && !pleaReasons.some((plea) => reason.startsWith(plea));
  const isLong = expiresAt - requestedAt >= shortestMilliseconds;
  return isPlain && isWrong && isLong && presented.operation === 'call' && isUntouched(source);
}

function couldDecide(source: StoredApproval, person: PersonRow, roster: Roster, now: number): boolean {
  const { requirement, ownerId, presented, given } = source;
  if (given.some(({ personId }) => personId === person.id)) return false;
  const voter = roster.read(person, { ownerId, requesterId: presented.requesterId }, now);
  return findCapacities(requirement, voter, 0)?.own === true;
}

function isUntouched(source: StoredApproval): boolean {
  try {
    requireAsShown(source);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
