import { isQuiet, matchesSelector, type PersonSelector } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Person, readPerson } from '../../people/index.ts';
import { findAsked } from '../attention/spend-attention.ts';
import type { StoredApproval } from '../read-approval.ts';
import { findEligible, loadRoster } from '../routing/index.ts';
import { isGlassBroken } from './write-card.ts';

export interface Listener {
  readonly person: Person;
  /** Epoch milliseconds at which their quiet hours are over; null when they may be told at once. */
  readonly quietUntil: number | null;
}

/** More than that would be told of nothing they could still decide. */
const mostPeople = 200;
/** Of broken glass they hear whether they are asked or not; a group counts as a role. */
const alarmed: readonly PersonSelector[] = ['role:admin', 'role:security'];
const stepMilliseconds = 5 * 60_000;
const longestQuietMilliseconds = 24 * 3_600_000;

/**
 * Who is to be told of an open request now: those who may decide it, whom the agent named, and those that policy wants to
 * know of it. Quiet hours hold unless nobody else could decide. Who could decide comes first: whoever only wants to know
 * crowds none of them out. Of broken glass everybody who was asked is told at once, those who voted too, and before them the
 * administrators and security. Of a check nobody but the one it checks ever hears.
 */
export async function findAudience(
  context: Pick<Context, 'platform' | 'store'>,
  approval: StoredApproval,
): Promise<readonly Listener[]> {
  const { sql } = context.store;
  const at = context.platform.now();
  const parties = { ownerId: approval.ownerId, requesterId: approval.presented.requesterId };
  const { requirement, askedPersonId, checkPersonId } = approval;
  const isBroken = isGlassBroken(approval);
  const votes = isBroken ? [] : approval.votes;
  // Of authority and of one's own plan, that person alone may decide.
  const isPersonal = askedPersonId !== null && approval.kind !== 'once';
  const elapsedSeconds = Math.floor((at - approval.requestedAt) / 1000);
  const deciders = isPersonal
    ? []
    : await findEligible(context, { requirement, ...parties, at, votes, elapsedSeconds });
  const asked = isBroken ? undefined : await findAsked(context, approval.id);
  // Whose attention was spent when it came is left in peace, unless the escalation reaches them.
  const eligible = deciders.filter(
    ({ personId, via }) =>
      (checkPersonId === null || personId === checkPersonId) &&
      (asked?.has(personId) !== false || !requirement.approvers.some((one) => one === via)),
  );
  const isAnybodyAwake = eligible.some((one) => !one.isQuiet);
  const rows = await sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .$if(checkPersonId !== null, (people) => people.where('id', '=', checkPersonId ?? ''))
    .execute();
  const roster = await loadRoster(sql);
  // Whom the agent named, and whom an alarm is for: nobody crowds them out.
  const first = new Set(askedPersonId === null ? [] : [askedPersonId]);
  const listeners = rows.flatMap((row): Listener[] => {
    const asked = eligible.find(({ personId }) => personId === row.id);
    const voter = roster.read(row, parties, at);
    if (isBroken && alarmed.some((one) => matchesSelector(one, voter))) first.add(row.id);
    const isNamed = first.has(row.id) || requirement.notify.some((one) => matchesSelector(one, voter));
    if (asked === undefined && !isNamed) return [];
    const quiet = roster.quietHours(row.id);
    const mayWait = asked === undefined ? row.id !== askedPersonId : asked.isQuiet && isAnybodyAwake;
    const quietUntil = mayWait && !isBroken ? findEnd(quiet, at) : null;
    return [{ person: readPerson(row), quietUntil }];
  });
  // Those on call stand first among the eligible.
  const ranks = new Map(eligible.map(({ personId }, at) => [personId, at]));
  const rank = ({ person }: Listener): number =>
    first.has(person.id) ? -1 : (ranks.get(person.id) ?? eligible.length);
  return listeners.sort((a, b) => rank(a) - rank(b)).slice(0, mostPeople);
}

/** When the quiet hours that hold now are over; null when none do. */
function findEnd(quiet: Parameters<typeof isQuiet>[0] | undefined, at: number): number | null {
  if (quiet === undefined || !isQuiet(quiet, at)) return null;
  for (let later = at; later < at + longestQuietMilliseconds; later += stepMilliseconds)
    if (!isQuiet(quiet, later)) return later;
  return null;
}
