import { isCovered, matchesSelector, type PersonSelector } from './requirement.ts';
import type { Vote } from './satisfies.ts';

/** Whether every part is approved by a vote of its own: a person of two parts fills one of them. */
export function fillsEach(parts: readonly PersonSelector[], votes: readonly Vote[]): boolean {
  const fills = new Map<Vote, PersonSelector>();
  return parts.every((part) => fill(part, votes, fills, new Set()));
}

/** Finds a vote for the part, moving others to another vote where that makes room (augmenting paths). */
function fill(
  part: PersonSelector,
  votes: readonly Vote[],
  fills: Map<Vote, PersonSelector>,
  seen: Set<Vote>,
): boolean {
  for (const vote of votes) {
    if (seen.has(vote) || !canFill(part, vote)) continue;
    seen.add(vote);
    const other = fills.get(vote);
    if (other !== undefined && !fill(other, votes, fills, seen)) continue;
    fills.set(vote, part);
    return true;
  }
  return false;
}

function canFill(part: PersonSelector, { voter }: Vote): boolean {
  return matchesSelector(part, voter) || (voter.duties ?? []).some((duty) => isCovered([part], duty));
}
