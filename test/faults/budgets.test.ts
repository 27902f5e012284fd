import { startPostgres, type TestPostgres } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBudgetRaces } from './ground/run-budget-races.ts';

// `npm run faults -- --budgets 100` does the same a hundred times on each database.
const RUNS = 3;
const SEED = 20_261_122;

describe('policy.never-overspent', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  it.each([
    ['SQLite', false],
    ['PostgreSQL', true],
  ] as const)(
    '64 callers at once spend what there is and not one unit more, on %s',
    async (_name, isPostgres) => {
      const runs = await runBudgetRaces({
        runs: RUNS,
        seed: SEED,
        ...(isPostgres && { databaseServer: server.url }),
      });
      expect(runs.flatMap(({ broken }) => broken)).toEqual([]);
      expect(runs.every(({ refused }) => refused >= 64)).toBe(true);
    },
  );

  it('nor when the server is killed in the middle', async () => {
    const runs = await runBudgetRaces({ runs: 2, seed: SEED, kills: true });
    expect(runs.flatMap(({ broken }) => broken)).toEqual([]);
  });
});
