import fc from 'fast-check';
import { type Case, caseOf } from './cases.ts';
import { compareCase, emptyTally, type Tally } from './compare-case.ts';
import type { Compile } from './ours.ts';
import { reduceCase } from './reduce-case.ts';

const casesAtOnce = 50;
const requestsAtMost = 60;
const shrinkMilliseconds = 60_000;

export interface Mismatch {
  /** Of the part of the search that met it; with this seed alone it is met again. */
  readonly seed: number;
  /** As small as it could be made. */
  readonly counterExample: Case;
  readonly message: string;
}

export interface Search {
  readonly tally: Tally;
  readonly mismatch?: Mismatch;
}

export interface SearchOptions {
  readonly seed: number;
  /** From the seed of one part to that of the next: several searches share seeds without doing the same twice. */
  readonly stride?: number;
  /** How many pairs of policy set and request at least. */
  readonly pairs: number;
  readonly compile: Compile;
  /** False: the first case that shows a mismatch is enough. */
  readonly shrink?: boolean;
  readonly onProgress?: (tally: Tally) => void;
}

const cases = caseOf(requestsAtMost);

/** Compares the engines on generated pairs until there were enough or they disagree. The same seed gives the same pairs. */
export function searchMismatch({
  seed,
  stride = 1,
  pairs,
  compile,
  shrink = true,
  onProgress,
}: SearchOptions): Search {
  const tally = emptyTally();
  for (let part = 0; tally.pairs < pairs; part++) {
    // Each part has a seed of its own, so that one part can be repeated without those before it.
    const found = searchPart(seed + part * stride, compile, { tally, shrink });
    if (found !== undefined) return { tally, mismatch: found };
    onProgress?.(tally);
  }
  return { tally };
}

/** One part of a search: what a stored seed repeats. */
export function searchPart(
  seed: number,
  compile: Compile,
  { tally = emptyTally(), shrink = true }: { readonly tally?: Tally; readonly shrink?: boolean } = {},
): Mismatch | undefined {
  const property = fc.property(cases, (one) => compareCase(one, compile, tally));
  const { failed, counterexample } = fc.check(property, {
    seed,
    numRuns: casesAtOnce,
    interruptAfterTimeLimit: shrinkMilliseconds,
    endOnFailure: !shrink,
  });
  const [met] = counterexample ?? [];
  if (!failed || met === undefined) return undefined;
  const thrown = (one: Case): Error | undefined => findError(() => compareCase(one, compile, emptyTally()));
  const counterExample = shrink ? reduceCase(met, (smaller) => thrown(smaller) !== undefined) : met;
  return { seed, counterExample, message: String(thrown(counterExample)?.message) };
}

function findError(run: () => void): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
