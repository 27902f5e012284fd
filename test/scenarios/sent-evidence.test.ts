import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FakeCollector,
  readOtlpLogs,
  startFakeCollector,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { eventually } from '../browser/ground/eventually.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { requireDone } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

const SAID = 'what-was-said-f00d';

interface Standing {
  readonly name: string;
  readonly behind: number;
  readonly lastError: string | null;
  readonly setAside: number;
}

describe('evidence that is sent on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sent-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let siem: FakeCollector;
  let collector: FakeCollector;
  let hanging: FakeCollector;
  let upstream: Upstream;
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    [siem, collector, hanging, upstream] = await Promise.all([
      ...([startFakeCollector(), startFakeCollector('/v1/logs'), startFakeCollector()] as const),
      startPlainUpstream(),
    ]);
    for (const one of [siem, collector, hanging, upstream]) ends.push(() => one.close());
    hanging.setMischief('hanging');
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'a-token-of-the-siem\n');
    const classes = ['content', 'decision', 'identity', 'operation'];
    const sinks = [
      { kind: 'ocsf', name: 'siem', url: siem.url, tokenFile, allowPrivate: true, records: { classes } },
      {
        ...{ kind: 'otlp', name: 'all', url: collector.url, allowPrivate: true, content: true },
        records: { classes: ['content'] },
      },
      { kind: 'ocsf', name: 'hanging', url: hanging.url, allowPrivate: true },
    ];
    const configFile = join(folder, 'countersign.yaml');
    writeFileSync(configFile, JSON.stringify({ ledger: { sinks } }));
    gateway = await startGateway({ configFile });
    ends.push(() => gateway.stop());
    const url = await gateway.addUpstream('shop', { url: upstream.url });
    requireDone(await gateway.activatePolicy(ASK_BEFORE_PAY));
    caller = createCaller(await gateway.enrol(), url);
  }, 120_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const standings = async () =>
    requireDone<{ sinks: Standing[] }>(await gateway.operator('GET', '/v1/ledger/sinks')).sinks;
  const find = async (name: string) => (await standings()).find((one) => one.name === name);
  const textOf = ({ requests }: FakeCollector) => requests.map(({ body }) => body.toString('utf8')).join();

  it('sinks.no-wait: a call is answered while a sink hangs', async () => {
    const started = performance.now();
    const reply = await caller.call('echo', { text: SAID });
    expect(reply.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(5_000);
    await eventually(() => textOf(siem)).toContain('action.outcome');
    expect(hanging.requests).toHaveLength(0);
  });

  it('sinks.content: what was said goes where that was set, and nowhere else', async () => {
    await eventually(() => textOf(collector)).toContain('action.intent');
    const logs = (
      await Promise.all(collector.requests.map(({ body }) => readOtlpLogs(body.toString('utf8'))))
    ).flat();
    expect(JSON.stringify(logs)).toContain(SAID);
    expect(new Set(logs.map(({ attributes }) => attributes['countersign.class']))).toEqual(
      new Set(['content']),
    );
    expect(textOf(siem)).toContain('action.intent');
    expect(textOf(siem)).not.toContain(SAID);
    expect(siem.requests[0]?.headers.authorization).toBe('Bearer a-token-of-the-siem');
    const everything = JSON.stringify([await gateway.exportLedger(), await standings()]);
    expect(everything).not.toContain('a-token-of-the-siem');
  });

  it('sinks.seen: says how far each has come and why it fails, and brings it there again', async () => {
    await eventually(async () => (await find('siem'))?.behind).toBe(0);
    siem.setAnswer(() => ({ status: 401, body: 'their words' }));
    const run = (...words: string[]) =>
      runCountersign([...words], {
        environment: { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url },
      });
    const failed = await run('ledger', 'sinks', 'test', 'siem', '--json');
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain('the answer was 401');
    expect(failed.stdout + failed.stderr).not.toContain('their words');
    await eventually(async () => (await find('siem'))?.lastError).toBe('the answer was 401');
    siem.setAnswer(() => ({ status: 200 }));
    gateway.advance(600_000);
    expect((await run('ledger', 'sinks', 'test', 'siem')).exitCode).toBe(0);
    await eventually(async () => (await find('siem'))?.behind).toBe(0);
    const before = siem.requests.length;
    expect((await run('ledger', 'sinks', 'rewind', 'siem', '--from', '0')).exitCode).toBe(0);
    await eventually(() => siem.requests.length).toBeGreaterThan(before);
    const listed = await run('ledger', 'sinks');
    expect(listed.stdout).toContain('siem');
    expect((await run('ledger', 'sinks', 'refused', 'siem')).exitCode).toBe(0);
    expect((await run('ledger', 'sinks', 'rewind', 'nobody', '--from', '0')).exitCode).not.toBe(0);
  }, 60_000);
});
