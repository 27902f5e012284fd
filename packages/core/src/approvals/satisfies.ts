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
  const counted = listCounted(required, given);
  return counted.length >= required.quorum && fillsEach(required.each ?? [], counted)
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

/** The votes that count, each of other people than those before it: whoever carries a duty stands for its giver, too. */
function listCounted(required: Requirement, given: GivenApproval): readonly Vote[] {
  const counted: Vote[] = [];
  const taken = new Set<string>();
  for (const vote of given.votes) {
    if (vote.brokeGlass === true || !isFresh(required, vote, given.at)) continue;
    const capacities = findCapacities(required, vote.voter, countElapsed(given, vote.at));
    if (capacities === undefined) continue;
    const people = [vote.voter.person, ...capacities.duties.map(({ giver }) => giver.person)];
    if (people.some((person) => taken.has(person))) continue;
    for (const person of people) taken.add(person);
    counted.push({ ...vote, voter: { ...vote.voter, duties: capacities.duties } });
  }
  return counted;
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
