import { type DoneSelector, isSelected } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';

/** What the policies of a bundle ask of the order in which a task did things. */
export interface BundleSequences {
  readonly isEmpty: boolean;
  /** Whether any of them asks for this. */
  asksFor(done: DoneSelector): boolean;
}

export function collectSequences(policies: readonly Pick<ParsedPolicy, 'sequence'>[]): BundleSequences {
  const sequences = policies.flatMap(({ sequence }) => sequence ?? []);
  const selectors = sequences.flatMap(({ after, without }) => [...after, without ?? []].flat(2));
  return {
    isEmpty: sequences.length === 0,
    asksFor: (done) => selectors.some((selector) => isSelected(selector, done)),
  };
}
