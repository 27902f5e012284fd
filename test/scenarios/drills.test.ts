import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyDrillReport } from '@countersign/ledger';
import { startGateway, type TestGateway } from '@countersign/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findDrill, listOutcomes, runDrills } from './ground/run-drills.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

let gateway: TestGateway;
const out = mkdtempSync(join(tmpdir(), 'countersign-drills-'));
const starter = new URL('../../packages/server/src/policies/starter/', import.meta.url);
const patienceMilliseconds = 120_000;

beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(out, { recursive: true, force: true });
});

async function activateStarter(more = ''): Promise<void> {
  const names = readdirSync(starter).filter((name) => name.endsWith('.cedar'));
  const files = names.map((name) => ({ name, text: readFileSync(new URL(name, starter), 'utf8') }));
  if (more !== '') files.push({ name: 'more.cedar', text: more });
  requireDone(await gateway.operator('POST', '/v1/policies', { files }));
}

describe('exposure.drill-contained', () => {
  it('contains every built-in drill with the starter policies, with the records of each step', async () => {
    const { signed } = await runDrills(gateway);
    const { report } = signed;
    expect(Object.values(listOutcomes(report)), JSON.stringify(report.drills, null, 1)).toEqual(
      report.drills.map(() => 'contained'),
    );
    expect(report.passed).toBe(true);
    for (const drill of report.drills) {
      const proofs = drill.steps.filter(({ isPremise }) => !isPremise);
      expect(proofs.length, drill.name).toBeGreaterThan(0);
      expect(
        drill.steps.some(({ records }) => records.length > 0),
        drill.name,
      ).toBe(true);
    }
    const [finished] = await gateway.records({ kind: 'exposure.drill_finished' });
    expect(finished).toMatchObject({ drill: report.run, body: { passed: true, by: 'operator' } });
    const { records = [] } = findDrill(report, 'kill-switch').steps[0] ?? {};
    const found = await gateway.records({ id: records.at(-1) ?? '' });
    expect(found[0]).toMatchObject({ drill: report.run });
    expect(existsSync(join(gateway.folder, 'drill-worlds', report.run))).toBe(false);
  }, 120_000);

  it('cuts a call in flight and says after how many milliseconds', async () => {
    const { signed } = await runDrills(gateway, { drills: ['kill-switch'] });
    const { contained, steps } = findDrill(signed.report, 'kill-switch');
    expect(contained?.milliseconds).toBeLessThan(1_000);
    expect(steps.map(({ code }) => code)).toEqual([null, 'signal.stopped', 'signal.stopped']);
  });
});

describe('exposure.drill-can-fail', () => {
  afterEach(() => activateStarter());

  it('sees what policies let through, and that they no longer do', async () => {
    const drills = ['injection', 'unattended-approval', 'stolen-token'];
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
    const weak = await runDrills(gateway, { drills });
    expect(listOutcomes(weak.signed.report)).toEqual({
      injection: 'not_contained',
      'unattended-approval': 'not_contained',
      'stolen-token': 'contained',
    });
    expect(weak.signed.report.passed).toBe(false);
    const tried = findDrill(weak.signed.report, 'injection').steps.filter(({ isPremise }) => !isPremise);
    expect(tried.map(({ seen, reached }) => [seen, reached])).toEqual(tried.map(() => ['allowed', 1]));
    await activateStarter();
    const strong = await runDrills(gateway, { drills });
    expect(strong.signed.report.passed).toBe(true);
    const versions = [weak, strong].map(({ signed }) => signed.report.drills[0]?.policyVersion);
    expect(new Set(versions).size).toBe(2);
  });

  it('says that a drill shows nothing where not even what it rests on is allowed', async () => {
    requireDone(await gateway.activatePolicy('@id("none") forbid (principal, action, resource);'));
    const { signed } = await runDrills(gateway, { drills: ['ghost-owner'] });
    expect(listOutcomes(signed.report)).toEqual({ 'ghost-owner': 'inconclusive' });
    expect(signed.report.passed).toBe(false);
  });

  it('knows its agents by the groups that whoever runs it names', async () => {
    const policy =
      '@id("ours") permit (principal in Countersign::Group::"drilled", action in Countersign::Action::"effect:read", resource);';
    requireDone(await gateway.activatePolicy(policy));
    const drills = ['ghost-owner'];
    const outside = await runDrills(gateway, { drills });
    expect(outside.signed.report.passed).toBe(false);
    const inside = await runDrills(gateway, { drills, groups: ['drilled'] });
    expect(inside.signed.report.passed).toBe(true);
  });
});

describe('exposure.drill-signed', () => {
  it('is verified with the key of the ledger, and not once anything in it was changed', async () => {
    const { signed } = await runDrills(gateway, { drills: ['ghost-owner'] });
    const { vkey } = requireDone<{ vkey: string }>(await gateway.operator('GET', '/v1/ledger/checkpoint'));
    expect(verifyDrillReport(JSON.stringify(signed), vkey)).toMatchObject({ valid: true, passed: true });
    const kept = requireDone(await gateway.operator('GET', `/v1/exposure/drills/runs/${signed.report.run}`));
    expect(verifyDrillReport(JSON.stringify(kept), vkey).valid).toBe(true);
    const changed = { ...signed, report: { ...signed.report, passed: false } };
    expect(verifyDrillReport(JSON.stringify(changed), vkey)).toMatchObject({
      valid: false,
      reason: 'changed',
    });
  });
});

describe('exposure.drill-command-line', () => {
  const run = (...words: readonly string[]) =>
    runCountersign([...words, '--url', gateway.url, '--data', gateway.folder]);

  it('ends with 0 only when everything was contained, and writes what CI reads', async () => {
    const [report, junit] = [join(out, 'report.json'), join(out, 'drills.xml')];
    const done = await run('drills', 'run', 'stolen-token', '--out', report, '--junit', junit);
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('1 contained, 0 not')]);
    expect(readFileSync(junit, 'utf8')).toContain('failures="0"');
    const verified = await run('drills', 'verify', report);
    expect([verified.exitCode, verified.stdout]).toEqual([0, expect.stringContaining('verified')]);
    writeFileSync(report, readFileSync(report, 'utf8').replace('"contained"', '"inconclusive"'));
    expect((await run('drills', 'verify', report)).exitCode).toBe(4);
    expect((await run('drills', 'run', 'no-such-drill')).exitCode).toBe(2);
    const printed = await run('drills', 'show', '--json');
    expect(JSON.parse(printed.stdout)).toMatchObject({ report: { passed: true } });
  }, 60_000);

  it('ends with 4 for a drill of your own that is not contained, and doctor says so until one is', async () => {
    const file = join(out, 'own.yaml');
    writeFileSync(file, readOwn('refused'));
    const failed = await run('drills', 'run', '--file', file, '--junit', join(out, 'own.xml'));
    expect([failed.exitCode, failed.stdout]).toEqual([4, expect.stringContaining('NOT CONTAINED')]);
    expect(failed.stdout).not.toContain('\\n');
    expect(readFileSync(join(out, 'own.xml'), 'utf8')).toContain('failures="1"');
    expect((await run('doctor', '--json')).stdout).toContain('drills.not_contained');
    await runDrills(gateway, { drills: ['ghost-owner'] });
    expect((await run('doctor', '--json')).stdout).not.toContain('drills.not_contained');
  }, 60_000);

  it('finds drills in the folder of drills', async () => {
    const folder = join(gateway.folder, 'drills');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'own.yaml'), readOwn('refused'));
    const listed = await run('drills', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toContainEqual(
      expect.objectContaining({ name: 'own', source: 'folder', file: 'own.yaml' }),
    );
    rmSync(folder, { recursive: true });
  });
});

/** A drill that only reads, which the starter policies allow. */
function readOwn(expected: string): string {
  return `drill: own
title: Reading is refused
delegation: { limits: { upstreams: [notes], actions: ['*'] } }
task: { purpose: Read }
upstreams:
  - name: notes
    tools:
      - name: read
        annotations: { readOnlyHint: true, openWorldHint: false }
        classified: { effects: [read], dataDomain: notes }
steps:
  - call: notes/read
    expect: ${expected}
`;
}

describe('exposure.drill-scheduled', () => {
  it(
    'runs when it is due, once, and tells when the next run is',
    async () => {
      const schedule = { everySeconds: 86_400, drills: ['ghost-owner'] };
      requireDone(await gateway.operator('PUT', '/v1/exposure/drills/schedule', schedule));
      const before = (await listRuns()).filter(({ trigger }) => trigger === 'schedule').length;
      await gateway.restart();
      await expect.poll(async () => countScheduled(), { timeout: 20_000, interval: 200 }).toBe(before + 1);
      const { schedule: next } = requireDone<{ schedule: { nextAt: number } }>(
        await gateway.operator('GET', '/v1/exposure/drills/schedule'),
      );
      expect(next.nextAt).toBeGreaterThan(Date.now() + 80_000_000);
      await gateway.restart();
      expect(await countScheduled()).toBe(before + 1);
      gateway.advance(86_400_000);
      await gateway.restart();
      await expect.poll(async () => countScheduled(), { timeout: 20_000, interval: 200 }).toBe(before + 2);
      requireDone(await gateway.operator('PUT', '/v1/exposure/drills/schedule', { everySeconds: null }));
      const [scheduled] = await gateway.records({ kind: 'exposure.drills_scheduled' });
      expect(scheduled).toMatchObject({ body: { everySeconds: null, by: 'operator' } });
    },
    patienceMilliseconds,
  );

  it('removes at the next start what a broken-off run has left', async () => {
    const left = join(gateway.folder, 'drill-worlds', 'drl_left');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'countersign.db'), 'left');
    await gateway.restart();
    expect(existsSync(left)).toBe(false);
  }, 60_000);
});

interface RunView {
  readonly trigger: string;
}

async function listRuns(): Promise<readonly RunView[]> {
  const reply = await gateway.operator('GET', '/v1/exposure/drills/runs');
  return requireDone<{ items: readonly RunView[] }>(reply).items;
}

async function countScheduled(): Promise<number> {
  return (await listRuns()).filter(({ trigger }) => trigger === 'schedule').length;
}
