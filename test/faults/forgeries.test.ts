import { describe, expect, it } from 'vitest';
import { judgeForgeries } from '../forgeries/judge.ts';

const count = 250;

// The whole ten thousand of each kind: npm run forgeries.
describe('ledger.forgeries', () => {
  it('finds and names random changes of every kind in a ledger of 10,000 records', async () => {
    const seed = Date.now() % 1_000_000;
    const reports = await judgeForgeries({ records: 10_000, count, whole: 3, seed });
    expect(reports).toHaveLength(7);
    for (const { kind, tried, found, named, missed } of reports)
      expect({ seed, kind, tried, found, named, missed }).toEqual({
        ...{ seed, kind, tried: count, found: count, named: count, missed: [] },
      });
  });
});
