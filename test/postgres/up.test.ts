import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useTestDatabase } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, runCountersign, startCountersign } from '../scenarios/run-countersign.ts';

const PASSWORD = 'pw-of-the-database-7f3a';

describe('server.up-on-postgres', { timeout: 60_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-up-'));
  const data = join(place, 'data');
  let url: string;
  let server: RunningCommand;

  beforeAll(async () => {
    const { environment } = await useTestDatabase(join(place, 'note'));
    const address = new URL(environment.COUNTERSIGN_DATABASE_URL ?? '');
    address.password = PASSWORD;
    url = address.href;
    server = startCountersign(['up', '--no-demo', '--port', '0', '--data', data, '--database', url]);
    await server.waitFor('ready');
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(place, { recursive: true });
  });

  it('keeps state and ledger there, and nothing of them in the data folder', async () => {
    expect(existsSync(join(data, 'countersign.db'))).toBe(false);
    const invited = await runCountersign([
      'people',
      'invite',
      'Ada',
      '--role',
      'owner',
      '--data',
      data,
      '--json',
    ]);
    expect(invited.exitCode).toBe(0);
    const found = await runCountersign([
      'ledger',
      'search',
      '--kind',
      'person.invited',
      '--data',
      data,
      '--json',
    ]);
    expect(found.stdout).toContain('person.invited');
  });

  it('refuses a second one on the same database', async () => {
    const other = join(place, 'other');
    const words = ['up', '--no-demo', '--port', '0', '--data', other, '--json'];
    const second = await runCountersign(words, { environment: { COUNTERSIGN_DATABASE_URL: url } });
    expect(second.exitCode).not.toBe(0);
    expect(second.stdout + second.stderr).toContain('server.database_in_use');
    expect(second.stdout + second.stderr).not.toContain(PASSWORD);
  });

  it('says the password nowhere', async () => {
    const shown = await runCountersign(['config', 'show', '--data', data, '--json'], {
      environment: { COUNTERSIGN_DATABASE_URL: url },
    });
    expect(shown.stdout).toContain('database.url');
    const exported = await runCountersign(['ledger', 'export', '--data', data]);
    expect(exported.stdout.length).toBeGreaterThan(100);
    const told = [shown.stdout, exported.stdout, server.stderr(), JSON.stringify(server.events)].join('\n');
    expect(told).not.toContain(PASSWORD);
  });
});
