import type { Context } from '../../context.ts';
import { type CheckOutcome, readOutcome } from './read-outcome.ts';

const dayMilliseconds = 24 * 3_600_000;
/** Longer than other figures: there are few of them. */
export const CHECK_DAYS = 90;
const mostChecks = 20_000;

export interface CheckFigures extends Readonly<Record<CheckOutcome, number>> {
  readonly person: string;
  readonly name: string;
}

/** How the checks of 90 days ended, by person; those still open are not counted, or the figures would tell of them. */
export async function countChecks(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  only: string | undefined,
): Promise<readonly CheckFigures[]> {
  const rows = await store.sql
    .selectFrom('approvals')
    .innerJoin('people', 'people.id', 'approvals.check_person_id')
    .leftJoin('approval_votes as votes', 'votes.approval_id', 'approvals.id')
    .select(['approvals.state', 'approvals.check_person_id', 'people.display_name', 'votes.outcome'])
    .where('approvals.check_person_id', 'is not', null)
    .where('approvals.state', '!=', 'requested')
    .where('approvals.requested_at', '>', platform.now() - CHECK_DAYS * dayMilliseconds)
    .$if(only !== undefined, (all) => all.where('approvals.check_person_id', '=', only ?? ''))
    .orderBy('approvals.requested_at', 'desc')
    .limit(mostChecks)
    .execute();
  const figures = new Map<string, CheckFigures>();
  for (const { check_person_id: person, display_name: name, state, outcome } of rows) {
    if (person === null) continue;
    const given = outcome === null ? [] : [{ outcome }];
    const ended = readOutcome({ checkPersonId: person, state, given });
    const before = figures.get(person) ?? { person, name, caught: 0, missed: 0, unanswered: 0, withdrawn: 0 };
    if (ended !== undefined) figures.set(person, { ...before, [ended]: before[ended] + 1 });
  }
  return [...figures.values()].sort((a, b) => (a.person < b.person ? -1 : 1));
}
