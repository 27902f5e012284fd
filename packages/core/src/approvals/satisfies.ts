import { fillsEach } from './fills-each.ts';
import { findCapacities, mayBreakGlass, type Requirement, type Voter } from './requirement.ts';

/** One person's decision. `at` in epoch milliseconds. */
export interface Vote {
  readonly voter: Voter;
  readonly choice: 'approve' | 'deny';
  readonly method: 'passkey';
  readonly at: number;
  /** Given alone, in an emergency. */
  readonly brokeGlass?: true;
}

/** What people gave. */
export interface GivenApproval {
  readonly votes: readonly Vote[];
  /** The moment at which it is used, in epoch milliseconds. */
  readonly at: number;
  /** When it was asked for; without it no escalation counts. */
  readonly requestedAt?: number;
  /** By how much the escalation was brought forward. */
  readonly advancedMilliseconds?: number;
}

export type Satisfaction =
  | { readonly satisfied: true }
  | { readonly satisfied: false; readonly reason: 'denied' | 'quorum_missing' };

/** How long what one person let happen alone can be used. */
export const GLASS_SECONDS = 600;

/**
 * Whether votes that were given satisfy what is required now, possibly by another policy than the one under which
 * they were asked for. Counts different people who may approve now and whose vote is still fresh.
 */
export function satisfies(required: Requirement, given: GivenApproval): Satisfaction {
  if (given.votes.some((vote) => vote.choice === 'deny')) return { satisfied: false, reason: 'denied' };
  if (given.votes.some((vote) => brokeGlass(required, vote, given.at))) return { satisfied: true };
  const able = listAble(required, given);
  const contested = able.filter((vote) => able.some((other) => other !== vote && isSamePerson(vote, other)));
  const sure = able.filter((vote) => !contested.includes(vote));
  return isEnough(required, sure, contested.slice(0, MOST_CONTESTED))
    ? { satisfied: true }
    : { satisfied: false, reason: 'quorum_missing' };
}

/** Seconds from the request to a moment, as the escalation counts them. */
export function countElapsed(
  asked: Pick<GivenApproval, 'requestedAt' | 'advancedMilliseconds'>,
  at: number,
): number {
  if (asked.requestedAt === undefined) return 0;
  return (at - asked.requestedAt + (asked.advancedMilliseconds ?? 0)) / 1000;
}

/** The votes of people who may approve now, each with the duties that it carries here. */
function listAble(required: Requirement, given: GivenApproval): readonly AbleVote[] {
  return given.votes.flatMap((vote) => {
    if (vote.brokeGlass === true || !isFresh(required, vote, given.at)) return [];
    const capacities = findCapacities(required, vote.voter, countElapsed(given, vote.at));
    if (capacities === undefined) return [];
    const people = [vote.voter.person, ...(vote.voter.duties ?? []).map(({ giver }) => giver.person)];
    return [{ ...vote, voter: { ...vote.voter, duties: capacities.duties }, people }];
  });
}

interface AbleVote extends Vote {
  /** The voter, and everybody whose duty the voter carries. */
  readonly people: readonly string[];
}

/** Whoever carries a duty stands for its giver, too: one of them counts. */
function isSamePerson(first: AbleVote, second: AbleVote): boolean {
  return first.people.some((person) => second.people.includes(person));
}

/** Bounds the search below; more would only make it harder to be enough. */
const MOST_CONTESTED = 12;

/**
 * Whether there are votes, no two of them of the same people, that are enough. Whichever they are: were the first ones
 * taken, one more that may count could make what was enough too few.
 */
function isEnough(
  required: Requirement,
  chosen: readonly AbleVote[],
  contested: readonly AbleVote[],
): boolean {
  if (chosen.length >= required.quorum && fillsEach(required.each ?? [], chosen)) return true;
  const [next, ...others] = contested;
  if (next === undefined) return false;
  const left = others.filter((other) => !isSamePerson(next, other));
  return isEnough(required, [...chosen, next], left) || isEnough(required, chosen, others);
}

export function isFresh(required: Requirement, vote: Vote, at: number): boolean {
  const age = at - vote.at;
  const oldest = Math.min(required.freshSeconds ?? required.withinSeconds, required.withinSeconds);
  // A vote from the future means that a clock jumped; it proves no freshness.
  return age >= 0 && age <= oldest * 1000 && vote.method === required.method;
}

function brokeGlass(required: Requirement, vote: Vote, at: number): boolean {
  return (
    vote.brokeGlass === true &&
    isFresh(required, vote, at) &&
    at - vote.at <= GLASS_SECONDS * 1000 &&
    mayBreakGlass(required, vote.voter)
  );
}
