/** What an engine says of one request. The lists are sorted. */
export interface Outcome {
  readonly decision: 'allow' | 'deny';
  /** The policies that determined the decision. */
  readonly reasons: readonly string[];
  readonly errors: readonly string[];
}

/** All that is to be compared, and what our engine says beyond it. */
export interface FullOutcome extends Outcome {
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
}

export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, at) => id === other[at]);
}
