import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useTestDatabase } from '@countersign/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, runCountersign, startCountersign } from '../scenarios/run-countersign.ts';

interface Gateway {
  readonly stream: string;
  readonly state: string;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('server.up-any-number', { timeout: 60_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-shared-'));
  const data = join(place, 'data');
  let url: string;
  let publicUrl: string;
  let gateways: RunningCommand[];

  const start = (port: number, known = publicUrl) =>
    startCountersign(
      [
        ...['up', '--no-demo', '--port', String(port), '--data', data, '--database', url],
        '--bus',
        'postgres',
      ],
      { COUNTERSIGN_SERVER_PUBLIC_URL: known },
    );
  const list = async (): Promise<readonly Gateway[]> => {
    const { stdout } = await runCountersign(['signals', 'gateways', '--data', data, '--json']);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    const { environment } = await useTestDatabase(join(place, 'note'));
    url = environment.COUNTERSIGN_DATABASE_URL ?? '';
    const port = await findFreePort();
    publicUrl = `http://localhost:${port}`;
    // All at the same moment, in an empty folder and an empty database.
    gateways = [start(port), start(0), start(0)];
    await Promise.all(gateways.map((gateway) => gateway.waitFor('ready')));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    rmSync(place, { recursive: true });
  });

  it('starts together as one deployment, with one administrator to come', async () => {
    const ready = await Promise.all(gateways.map((gateway) => gateway.waitFor('ready')));
    expect(new Set(ready.map(({ url: known }) => known))).toEqual(new Set([publicUrl]));
    expect(new Set(ready.map(({ port }) => port)).size).toBe(3);
    expect(await list()).toMatchObject(
      ['main', 'main-1', 'main-2'].map((stream) => ({ stream, state: 'running' })),
    );
    const { stdout } = await runCountersign(['people', 'list', '--data', data, '--json']);
    expect(JSON.parse(stdout)).toHaveLength(1);
  });

  it('refuses one that is known by another address, and one that would have the database alone', async () => {
    const other = start(0, 'http://localhost:1');
    expect(await other.ended()).not.toBe(0);
    expect(other.stderr()).toContain('config.invalid');
    const alone = startCountersign(['up', '--no-demo', '--port', '0', '--data', data, '--database', url]);
    expect(await alone.ended()).not.toBe(0);
    expect(alone.stderr()).toContain('server.database_in_use');
  });

  it('starts again by itself when another gateway has taken its place', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(
      `UPDATE ledger_streams SET epoch = epoch + 1, holder = 'somebody else' WHERE number = 2`,
    );
    await client.end();
    const fenced = await Promise.race(gateways.map(async (one) => (await one.waitFor('fenced')) && one));
    await fenced.waitFor('serving');
    expect((await list()).filter(({ state }) => state === 'running')).toHaveLength(3);
  });
});
