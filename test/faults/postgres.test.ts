import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EnrolledAgent,
  type GatewayProcess,
  startGateway,
  startGatewayProcess,
  startPlainUpstream,
  startPostgres,
  type TestPostgres,
  toolCall,
  type Upstream,
  useTestDatabase,
} from '@countersign/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { markedArguments } from './ground/marks.ts';
import { readEvidence } from './ground/read-evidence.ts';

const AGENTS = 3;
/** Nothing can be recorded, or nobody knows any more whether the token still holds. */
const closed = expect.stringMatching(/^(ledger\.unavailable|token\.status_unknown|server\.seat_lost)$/);
const place = mkdtempSync(join(tmpdir(), 'countersign-postgres-faults-'));
const folder = join(place, 'data');
let server: TestPostgres;
let upstream: Upstream;
let gateway: GatewayProcess;
let url: string;
let crew: EnrolledAgent[];
let calls = 0;
const results: string[] = [];

beforeAll(async () => {
  server = await startPostgres();
  upstream = await startPlainUpstream();
  gateway = await startGatewayProcess({ folder, databaseServer: server.url });
  url = await gateway.addUpstream('shop', { url: upstream.url });
  await gateway.activatePolicy('permit (principal, action, resource);');
  crew = [];
  for (let n = 0; n < AGENTS; n += 1) crew.push(await gateway.enrol());
}, 120_000);
afterAll(async () => {
  await gateway?.kill();
  await upstream?.close();
  await server?.remove();
  rmSync(place, { recursive: true });
}, 60_000);

/** One call; undefined when it had a result, and else the code of its refusal. */
async function call({ agent, token }: EnrolledAgent): Promise<string | undefined> {
  const mark = `p${calls++}`;
  const { message, headers } = toolCall('echo', markedArguments('echo', mark));
  const reply = await agent.send({ url, token, message, headers, patienceMilliseconds: 15_000 });
  if (!isResult(reply)) return readRefusal(reply) ?? `${reply.status} ${reply.body}`;
  results.push(mark);
  return undefined;
}

function startAgain(): Promise<GatewayProcess> {
  // On the same port, so that tokens stay good.
  return startGatewayProcess({ folder, databaseServer: server.url, port: Number(new URL(url).port) });
}

async function untilCallsWork(): Promise<void> {
  for (const one of crew) {
    let refusal = await call(one);
    for (let tries = 0; refusal !== undefined; tries += 1) {
      if (tries > 150) throw new Error(`the gateway does not come back: ${refusal}`);
      await sleep(100);
      refusal = await call(one);
    }
  }
}

/** Every promise of the ledger, of the upstream's journal and of what clients were told. */
async function findUnrecorded(): Promise<string[]> {
  const { report, calls: evidence } = await readEvidence(gateway);
  const marks = upstream.journal.calls().map(({ arguments: args }) => (args as { text: string }).text);
  const isAllowed = (mark: string) => evidence.get(mark)?.some(({ effect }) => effect === 'allow') === true;
  return [
    ...report.findings.map(({ code, seq }) => `${code} at ${seq}`),
    ...[...marks, ...results].filter((mark) => !isAllowed(mark)),
    ...marks.filter((mark, index) => marks.indexOf(mark) !== index),
  ];
}

async function execute(statement: string): Promise<void> {
  const { environment } = await useTestDatabase(folder, server.url);
  const client = new Client({ connectionString: environment.COUNTERSIGN_DATABASE_URL });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('ledger.postgres-stopped-and-back', { timeout: 120_000 }, () => {
  it.each(['fast', 'crash'] as const)(
    'refuses while it is gone (%s), forwards nothing, and goes on by itself',
    async (how) => {
      let isStopped = false;
      const load = Promise.all(
        crew.map(async (one) => {
          const refusals = new Set<string | undefined>();
          while (!isStopped) refusals.add(await call(one));
          return refusals;
        }),
      );
      await sleep(300);
      await server.stop(how);
      await sleep(500);
      isStopped = true;
      const seen = new Set((await load).flatMap((refusals) => [...refusals]));
      for (const code of seen) if (code !== undefined) expect(code).toEqual(closed);
      const arrived = upstream.journal.calls().length;
      for (const one of crew) expect(await call(one)).toEqual(closed);
      expect(upstream.journal.calls()).toHaveLength(arrived);
      const ready = await gateway.operator('GET', '/readyz');
      expect(ready.status).toBe(503);
      await server.start();
      await untilCallsWork();
      expect(await findUnrecorded()).toEqual([]);
      expect((await gateway.operator('GET', '/readyz')).status).toBe(200);
    },
  );

  it('says after the next start how each call ended, or that it is not known', async () => {
    await gateway.stop();
    gateway = await startAgain();
    const { calls: evidence } = await readEvidence(gateway);
    const open = [...evidence].filter(([, attempts]) =>
      attempts.some(({ effect, ends }) => effect === 'allow' && ends.length !== 1),
    );
    expect(open).toEqual([]);
  });
});

describe('server.one-gateway-a-database', { timeout: 120_000 }, () => {
  it('refuses a second gateway, whatever its folder, and leaves the first alone', async () => {
    const { environment } = await useTestDatabase(folder, server.url);
    await expect(startGateway({ environment })).rejects.toMatchObject({ code: 'server.database_in_use' });
    expect((await gateway.operator('GET', '/v1/agents')).status).toBe(200);
  });

  it('lets a gateway that lost its session to another write nothing more', async () => {
    await untilCallsWork();
    process.kill(gateway.pid, 'SIGSTOP');
    let arrived = 0;
    try {
      await execute(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      // The keys come along: it could sign what the first one could.
      const { environment } = await useTestDatabase(folder, server.url);
      cpSync(folder, join(place, 'other'), { recursive: true });
      const other = await startGateway({ folder: join(place, 'other'), environment });
      arrived = upstream.journal.calls().length;
      process.kill(gateway.pid, 'SIGCONT');
      for (const one of crew) expect(await call(one)).toEqual(closed);
      await other.stop();
    } finally {
      process.kill(gateway.pid, 'SIGCONT');
    }
    await sleep(6_000);
    // Even now that nobody else has it: what it remembers is not true any more.
    for (const one of crew) expect(await call(one)).toEqual(closed);
    expect(upstream.journal.calls()).toHaveLength(arrived);
    expect((await gateway.operator('GET', '/readyz')).status).toBe(503);
    await gateway.stop();
    gateway = await startAgain();
    await untilCallsWork();
    expect(await findUnrecorded()).toEqual([]);
  });
});
