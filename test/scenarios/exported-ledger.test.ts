import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from './ground/create-caller.ts';
import { type Finished, runCountersign } from './ground/run-countersign.ts';
import { SECRET, startScene } from './ground/use-scene.ts';

const VERIFICATION_FAILED = 4;

describe('ledger.export', () => {
  // Another machine: a folder of its own, and nothing that says where a server is.
  const folder = mkdtempSync(join(tmpdir(), 'countersign-auditor-'));
  const at = (name: string) => join(folder, name);
  const verify = (...words: readonly string[]): Promise<Finished> =>
    runCountersign(['ledger', 'verify', ...words], { folder });
  let vkey: string;
  let calls = 0;

  beforeAll(async () => {
    const ends: (() => Promise<void>)[] = [];
    const { gateway, url } = await startScene({}, ends);
    const caller = createCaller(await gateway.enrol(), url);
    const call = () => caller.call('echo', { text: `call ${++calls}` });
    for (let n = 0; n < 5; n += 1) await call();
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const here = { folder, environment };
    // A checkpoint kept early, apart from the ledger, is what later shows that nothing was cut off.
    const kept = await runCountersign(['ledger', 'checkpoint', '--json'], here);
    const checkpoint = JSON.parse(kept.stdout) as { note: string; vkey: string };
    vkey = checkpoint.vkey;
    writeFileSync(at('checkpoint.txt'), checkpoint.note);
    for (let n = 0; n < 5; n += 1) await call();
    const exported = await runCountersign(['ledger', 'export', '--out', 'evidence.jsonl'], here);
    expect(exported.exitCode, exported.stderr).toBe(0);
    for (const end of ends.reverse()) await end();
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('verifies without the server that wrote it', async () => {
    const whole = await verify('evidence.jsonl', '--checkpoint', 'checkpoint.txt', '--vkey', vkey, '--json');
    expect(whole.exitCode, whole.stderr).toBe(0);
    const report = JSON.parse(whole.stdout) as { records: number };
    expect(report).toMatchObject({ valid: true, key: 'given', findings: [] });
    expect(report.records).toBeGreaterThan(30);
  });

  it('says what was asked, decided and done, and holds no credential', () => {
    const evidence = readFileSync(at('evidence.jsonl'), 'utf8');
    for (let n = 1; n <= calls; n += 1) expect(evidence).toContain(`call ${n}`);
    for (const kind of ['action.intent', 'action.decision', 'action.outcome', 'token.issued']) {
      expect(evidence).toContain(kind);
    }
    expect(evidence).not.toContain(SECRET);
    expect(evidence).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });

  it('fails when one word in it was changed', async () => {
    const evidence = readFileSync(at('evidence.jsonl'), 'utf8');
    writeFileSync(at('changed.jsonl'), evidence.replace('call 3', 'call 8'));
    const changed = await verify('changed.jsonl', '--json');
    expect(changed.exitCode).toBe(VERIFICATION_FAILED);
    expect(JSON.parse(changed.stdout)).toMatchObject({
      valid: false,
      findings: expect.arrayContaining([expect.objectContaining({ code: 'record.changed' })]),
    });
  });

  it('fails with the key of another ledger', async () => {
    const [name = '', , key = ''] = vkey.split('+');
    const other = await verify('evidence.jsonl', '--vkey', `${name}+00000000+${key}`);
    expect(other.exitCode).toBe(VERIFICATION_FAILED);
  });
});
