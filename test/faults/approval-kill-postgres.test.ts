import { startPostgres, type TestPostgres } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalKillReport, runApprovalKills } from './ground/run-approval-kills.ts';

const ROUNDS = 6;
const SEED = 20_261_123;

describe('approval.killed-on-postgres', () => {
  let server: TestPostgres;
  let report: ApprovalKillReport;
  beforeAll(async () => {
    server = await startPostgres();
    report = await runApprovalKills({ rounds: ROUNDS, first: 6, seed: SEED, databaseServer: server.url });
  }, 560_000);
  afterAll(async () => {
    await server?.remove();
  });

  it('is never executed twice, never executed unapproved and never lost', () => {
    expect(report.broken).toEqual([]);
    expect(report.executed).toBeGreaterThan(0);
  });
});
