import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  driveGateway,
  type EnrolledAgent,
  type GatewayDriver,
  startPlainUpstream,
  toolCall,
  type Upstream,
  useTestDatabase,
} from '@countersign/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, startCountersign } from '../scenarios/run-countersign.ts';

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Gateway {
  readonly command: RunningCommand;
  readonly port: number;
}

describe('task.outlives-its-gateway', { timeout: 30_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-shared-task-'));
  const data = join(place, 'data');
  const gateways: Gateway[] = [];
  let database: string;
  let publicUrl: string;
  let driver: GatewayDriver;
  let upstream: Upstream;
  /** Calls of the tool whose text begins with `slow` wait for it. */
  let letGo: () => void = () => {};
  let reached: () => void = () => {};

  const start = async (port: number): Promise<Gateway> => {
    const command = startCountersign(
      [
        ...['up', '--no-demo', '--port', String(port), '--data', data],
        ...['--database', database, '--bus', 'postgres'],
      ],
      { COUNTERSIGN_SERVER_PUBLIC_URL: publicUrl },
    );
    const ready = await command.waitFor('ready');
    const gateway = { command, port: Number(ready.port) };
    gateways.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    database = (await useTestDatabase(join(place, 'note'))).environment.COUNTERSIGN_DATABASE_URL ?? '';
    upstream = await startPlainUpstream({
      async call(_name, args) {
        const text = (args as { text: string }).text;
        if (text.startsWith('slow')) {
          reached();
          await new Promise<void>((resolve) => {
            letGo = resolve;
          });
        }
        return { content: [{ type: 'text', text }] };
      },
    });
    const port = await findFreePort();
    publicUrl = `http://localhost:${port}`;
    await start(port);
    await start(0);
    // The newest link is the one that is good.
    const last = await start(0);
    const { administratorLink } = await last.command.waitFor('ready');
    driver = await driveGateway({
      ...{ url: publicUrl, folder: data, now: Date.now },
      link: String(administratorLink),
    });
    await driver.addUpstream('plain', { url: upstream.url });
    await driver.activatePolicy('@id("all") permit (principal, action, resource);');
    const first = await driver.enrol();
    for (const gateway of gateways) await untilServed(first, gateway);
  }, 90_000);
  afterAll(async () => {
    letGo();
    await Promise.all(gateways.map(({ command }) => command.stop()));
    await upstream.close();
    rmSync(place, { recursive: true });
  });

  const call = ({ agent, token }: EnrolledAgent, gateway: Gateway | undefined, text: string) =>
    agent.send({
      url: `http://localhost:${gateway?.port}/mcp/plain`,
      htu: `${publicUrl}/mcp/plain`,
      token,
      ...toolCall('echo', { text }),
    });
  /** What one gateway was told of the others look up in their own time. */
  async function untilServed(agent: EnrolledAgent, gateway: Gateway): Promise<void> {
    for (let tries = 0; (await call(agent, gateway, 'first')).status !== 200; tries += 1)
      if (tries > 200) throw new Error('it does not know the upstream');
  }
  async function query<Row>(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    const client = new Client({ connectionString: database });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }

  it('goes from one to the next with every call, and counts each once', async () => {
    const agent = await driver.enrol({ limits: { calls: 9 } });
    const replies: string[] = [];
    upstream.journal.forget();
    for (let round = 0; round < 12; round += 1)
      replies.push((await call(agent, gateways[round % 3], `round-${round}`)).body);
    const used = await query<{ calls: number }>(
      'SELECT calls::int FROM budgets WHERE holder = $1',
      agent.task,
    );
    const arrived = upstream.journal.calls('echo').length;
    expect([arrived, used[0]?.calls]).toEqual([9, 9]);
    expect(replies.map((body) => body.includes('task.budget_spent'))).toEqual([
      ...Array(9).fill(false),
      ...Array(3).fill(true),
    ]);
  });

  it('is not decided about at another gateway while a call is under way, and goes on there afterwards', async () => {
    const agent = await driver.enrol();
    const isThere = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const slow = call(agent, gateways[1], 'slow-1');
    await isThere;
    const refused = await call(agent, gateways[2], 'other');
    expect(refused.body).toContain('task.held_elsewhere');
    expect(refused.headers['retry-after']).toBe('1');
    letGo();
    expect((await slow).status).toBe(200);
    expect((await call(agent, gateways[2], 'other')).body).toContain('other');
  });

  it('is taken over from one that is killed in a call, whose end is then recorded as unknown', async () => {
    const agent = await driver.enrol();
    const isThere = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const cut = call(agent, gateways[2], 'slow-2');
    await isThere;
    gateways[2]?.command.kill();
    expect((await cut).status).not.toBe(200);
    letGo();
    let status = 0;
    for (let tries = 0; tries < 5 && status !== 200; tries += 1)
      ({ status } = await call(agent, gateways[1], 'after'));
    expect(status).toBe(200);
    const ends = await query<{ entry: string }>(
      `SELECT outcomes.entry FROM ledger_entries AS outcomes WHERE outcomes.kind = 'action.outcome' AND EXISTS (
        SELECT FROM ledger_entries AS decisions WHERE decisions.kind = 'action.decision'
        AND decisions.seq / 17179869184 = 2 AND outcomes.entry LIKE '%' || decisions.id || '%'
        AND outcomes.seq / 17179869184 <> 2)`,
    );
    expect(ends).toHaveLength(1);
    const leases = await query<{ stream: number }>(
      'SELECT stream::int FROM task_leases WHERE task_id = $1',
      agent.task,
    );
    expect(leases[0]?.stream).toBe(1);
  });
});
