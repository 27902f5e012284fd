import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EnrolledAgent,
  type GatewayProcess,
  startGatewayProcess,
  startPlainUpstream,
  toolCall,
  type Upstream,
  useTestDatabase,
} from '@countersign/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { type Balancer, findFreePort, startBalancer } from './ground/start-balancer.ts';

const later = `--import ${new URL('./ground/later-release.mjs', import.meta.url).href}`;

describe('server.rolling-upgrade', { timeout: 120_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-rolling-'));
  const folder = join(place, 'data');
  const ports = { earlier: 0, later: 0 };
  const running: GatewayProcess[] = [];
  let balancer: Balancer;
  let upstream: Upstream;
  let database: Client;
  let url: string;
  let crew: { readonly earlier: EnrolledAgent; readonly later: EnrolledAgent };

  const start = async (port: number, release: 'earlier' | 'later'): Promise<GatewayProcess> => {
    const environment = {
      COUNTERSIGN_SERVER_PUBLIC_URL: balancer.url,
      COUNTERSIGN_SIGNALS_BUS: 'postgres',
      ...(release === 'later' && { NODE_OPTIONS: later }),
    };
    const gateway = await startGatewayProcess({ folder, port, environment });
    running.push(gateway);
    return gateway;
  };
  const call = async ({ agent, token }: EnrolledAgent): Promise<boolean> => {
    const reply = await agent.send({ url, token, ...toolCall('echo', { text: 'goes on' }) });
    return isResult(reply);
  };

  beforeAll(async () => {
    [balancer, upstream] = await Promise.all([startBalancer(), startPlainUpstream()]);
    Object.assign(ports, { earlier: await findFreePort(), later: await findFreePort() });
    const { environment } = await useTestDatabase(folder);
    database = new Client({ connectionString: environment.COUNTERSIGN_DATABASE_URL ?? '' });
    await database.connect();
    balancer.pointTo(ports.earlier);
    const gateway = await start(ports.earlier, 'earlier');
    url = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    crew = { earlier: await gateway.enrol(), later: await gateway.enrol() };
  }, 120_000);
  afterAll(async () => {
    await Promise.allSettled(running.map((gateway) => gateway.kill()));
    await database.end();
    await Promise.all([balancer.close(), upstream.close()]);
    rmSync(place, { recursive: true });
  });

  it('loses no call of the earlier release while the later one changes the schema', async () => {
    let isStarted = false;
    const started = start(ports.later, 'later').finally(() => {
      isStarted = true;
    });
    let calls = 0;
    while (!isStarted) {
      expect(await call(crew.earlier)).toBe(true);
      calls += 1;
      await sleep(20);
    }
    await started;
    expect(calls).toBeGreaterThan(5);
    const { rows } = await database.query('SELECT later FROM agents LIMIT 1');
    expect(rows).toEqual([{ later: '' }]);
  });

  it('serves through both, and both change what is true for both', async () => {
    const [earlier] = running;
    expect(await call(crew.earlier)).toBe(true);
    const invited = await earlier?.operator('POST', '/v1/people', { displayName: 'Ada', roles: ['owner'] });
    expect(invited?.status).toBeLessThan(300);
    balancer.pointTo(ports.later);
    expect(await call(crew.later)).toBe(true);
    const stopped = await earlier?.operator('POST', '/v1/signals', {
      scope: 'agent',
      target: crew.earlier.agent.agentId,
      reason: 'shown by the later release',
    });
    expect(stopped?.status).toBeLessThan(300);
    balancer.pointTo(ports.earlier);
    await expect.poll(() => call(crew.earlier)).toBe(false);
  });

  it('goes on with the later release alone, beside which the earlier one is not started again', async () => {
    balancer.pointTo(ports.later);
    await running[0]?.stop();
    expect(await call(crew.later)).toBe(true);
    await expect(start(ports.earlier, 'earlier')).rejects.toThrow('ended before it was ready');
    expect(await call(crew.later)).toBe(true);
    const { rows } = await database.query('SELECT number FROM ledger_streams ORDER BY number');
    expect(rows.length).toBe(2);
  });
});
