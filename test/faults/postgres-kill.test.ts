import { startPostgres, type TestPostgres } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KillReport, runKills } from './ground/run-kills.ts';

// `npm run faults -- --postgres` does the same two hundred times.
const KILLS = 8;
const SEED = 20_260_912;

describe('server.killed-on-postgres', () => {
  let server: TestPostgres;
  let report: KillReport;
  beforeAll(async () => {
    server = await startPostgres();
    report = await runKills({ kills: KILLS, seed: SEED, databaseServer: server.url });
  }, 280_000);
  afterAll(async () => {
    await server?.remove();
  });

  it('keeps every promise after every kill', () => {
    expect(report.broken).toEqual([]);
    expect(report.kills).toBe(KILLS);
  });

  it('was hit while it was working', () => {
    expect(report.arrived).toBeGreaterThan(KILLS);
    expect(report.acknowledged).toBeGreaterThan(KILLS);
    expect(report.checkpoints).toBeGreaterThan(0);
  });
});
