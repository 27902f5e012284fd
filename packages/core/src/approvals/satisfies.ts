import { isExcluded, isNamedApprover, type Requirement, type Voter } from './requirement.ts';

/** One person's decision. `at` in epoch milliseconds. */
export interface Vote {
  readonly voter: Voter;
  readonly choice: 'approve' | 'deny';
  readonly method: 'passkey';
  readonly at: number;
}

/** What people gave. */
export interface GivenApproval {
  readonly votes: readonly Vote[];
  /** The moment at which it is used, in epoch milliseconds. */
  readonly at: number;
}

export type Satisfaction =
  | { readonly satisfied: true }
  | { readonly satisfied: false; readonly reason: 'denied' | 'quorum_missing' };

/**
 * Whether votes that were given satisfy what is required now, possibly by another policy than the one under which
 * they were asked for. Counts different people who may approve now and whose vote is still fresh.
 */
export function satisfies(required: Requirement, given: GivenApproval): Satisfaction {
  if (given.votes.some((vote) => vote.choice === 'deny')) return { satisfied: false, reason: 'denied' };
  const people = new Set<string>();
  for (const vote of given.votes) {
    if (countsFor(required, vote, given.at)) people.add(vote.voter.person);
  }
  return people.size >= required.quorum
    ? { satisfied: true }
    : { satisfied: false, reason: 'quorum_missing' };
}

function countsFor(required: Requirement, vote: Vote, at: number): boolean {
  const age = at - vote.at;
  // A vote from the future means that a clock jumped; it proves no freshness.
  return (
    age >= 0 &&
    age <= required.withinSeconds * 1000 &&
    vote.method === required.method &&
    isNamedApprover(required, vote.voter) &&
    !isExcluded(required, vote.voter)
  );
}
