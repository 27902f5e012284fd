import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case } from './cases.ts';
import { compareCase, emptyTally } from './compare-case.ts';
import { parseJson } from './json.ts';
import { mutants } from './mutants.ts';
import { compileOurs } from './ours.ts';
import { searchMismatch, searchPart } from './search-mismatch.ts';
import { shareSearch } from './share-search.ts';

interface StoredSeed {
  readonly seed: number;
  readonly why: string;
  /** The shrunk case, which stays the same when the generator changes. */
  readonly case: Case;
}

const stored = parseJson(
  readFileSync(new URL('./seeds.json', import.meta.url), 'utf8'),
) as unknown as readonly StoredSeed[];

describe('policy.decided-as-the-official-engine-does', () => {
  it.each(stored)('the engines agree where they once did not: $why', ({ seed, case: once }) => {
    compareCase(once, compileOurs, emptyTally());
    expect(searchPart(seed, compileOurs)).toBeUndefined();
  });

  it('the engines agree on 200,000 generated pairs of policy set and request', async () => {
    const { tally, mismatches } = await shareSearch({ seed: 20_261_122, pairs: 200_000, threads: 2 });
    expect(mismatches).toEqual([]);
    expect(tally.pairs).toBeGreaterThanOrEqual(200_000);
    const policies = tally.satisfied + tally.erring + tally.unsatisfied;
    expect(tally.allowed / tally.pairs).toBeGreaterThan(0.1);
    expect(tally.satisfied / policies).toBeGreaterThan(0.05);
    expect(tally.erring / policies).toBeGreaterThan(0.05);
    expect(tally.unsatisfied / policies).toBeGreaterThan(0.3);
  });

  it.each(mutants)('they would be found to disagree if %s', (_, compile) => {
    const { mismatch } = searchMismatch({ seed: 1, pairs: 30_000, compile, shrink: false });
    expect(mismatch?.message).toContain('the engines disagree');
  });

  it('their disagreement is shown by the smallest policies that do', () => {
    const [, compile = compileOurs] = mutants.find(([name]) => name === 'unless is when') ?? [];
    const { mismatch } = searchMismatch({ seed: 1, pairs: 30_000, compile });
    const { policies, requests } = mismatch?.counterExample ?? {};
    expect(Object.keys(policies?.staticPolicies ?? {}).length).toBeLessThanOrEqual(2);
    expect(requests).toHaveLength(1);
    expect(searchPart(mismatch?.seed ?? 0, compile)?.counterExample).toEqual(mismatch?.counterExample);
  });
});
