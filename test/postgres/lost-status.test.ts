import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@countersign/server/parts';
import {
  type DatabaseProxy,
  type EnrolledAgent,
  startDatabaseProxy,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';

let folder: string;
let proxy: DatabaseProxy;
let upstream: Upstream;
let gateway: TestGateway;
let url: string;
let enrolled: EnrolledAgent;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-lost-status-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  ends.push(() => database.giveBack());
  proxy = await startDatabaseProxy(database.url);
  ends.push(() => proxy.close());
  upstream = await startPlainUpstream();
  ends.push(() => upstream.close());
  gateway = await startGateway({
    folder,
    environment: { COUNTERSIGN_DATABASE_URL: proxy.url, COUNTERSIGN_TOKENS_STATUS_FRESHNESS_SECONDS: '2' },
  });
  ends.push(() => gateway.stop());
  url = await gateway.addUpstream('shop', { url: upstream.url });
  await gateway.activatePolicy('permit (principal, action, resource);');
  enrolled = await gateway.enrol();
}, 60_000);

afterAll(async () => {
  for (const end of ends.toReversed()) await end();
}, 60_000);

function call() {
  const { message, headers } = toolCall('echo', { text: 'hi' });
  return enrolled.agent.send({ url, token: enrolled.token, message, headers });
}

describe('token.lost-store', () => {
  it('lets nothing out while the store is gone, and honours no token whose status it cannot tell', async () => {
    expect(isResult(await call())).toBe(true);
    const before = upstream.journal.calls().length;
    proxy.cut('refuse');
    // Nothing leaves the house from the first moment: its decision could not be kept.
    expect(isResult(await call())).toBe(false);
    await expect
      .poll(async () => readRefusal(await call()), { timeout: 15_000 })
      .toBe('token.status_unknown');
    expect(upstream.journal.calls()).toHaveLength(before);
    proxy.cut('accept');
    await expect.poll(async () => isResult(await call()), { timeout: 20_000 }).toBe(true);
  }, 60_000);
});
