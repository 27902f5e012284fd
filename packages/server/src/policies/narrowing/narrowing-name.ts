import { isId } from '@countersign/core';

/** Where a policy stands that an access review wrote. */
export interface NarrowingName {
  readonly review: string;
  readonly item: string;
}

/** The file of a bundle that holds all that one review has taken away. */
export function nameNarrowingFile(review: string): string {
  return `review-${review.toLowerCase()}.cedar`;
}

export function nameNarrowing({ review, item }: NarrowingName): string {
  return `${nameNarrowingFile(review).slice(0, -'.cedar'.length)}:${item}`;
}

/** Undefined for the id of a policy that people wrote. */
export function readNarrowingName(policyId: string): NarrowingName | undefined {
  const [, suffix = '', item] = /^review-rev_([0-9a-z]{26}):(rvi_[0-9A-Z]{26})$/.exec(policyId) ?? [];
  const review = `rev_${suffix.toUpperCase()}`;
  return isId('rev', review) && isId('rvi', item) ? { review, item } : undefined;
}
