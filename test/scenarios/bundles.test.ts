import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../scripts/check/tree.ts';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { createCaller } from './ground/create-caller.ts';
import { type Finished, runCountersign } from './ground/run-countersign.ts';
import { SECRET, startScene } from './ground/use-scene.ts';

const VERIFICATION_FAILED = 4;

interface Report {
  readonly valid: boolean;
  readonly findings: readonly { readonly code: string }[];
}

// Another machine: a folder of its own, and nothing that says where a server is.
const folder = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
const at = (name: string) => join(folder, name);
const ends: (() => Promise<void>)[] = [];
let vkey: string;
let approver: string;
let approval: string;
let action: string;
let here: Parameters<typeof runCountersign>[1];

const read = (name: string) => readFileSync(at(name), 'utf8');
const offline = (...words: readonly string[]): Promise<Finished> => runCountersign(words, { folder });

/** The verifier that an auditor is given, run with Node.js and nothing else. */
function verifyAlone(...words: readonly string[]): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['verify-bundle.mjs', ...words], {
    cwd: folder,
    env: {},
    encoding: 'utf8',
  });
  return { exitCode: status, stdout, stderr };
}

beforeAll(async () => {
  const { gateway, url } = await startScene({ policy: ASK_BEFORE_PAY }, ends);
  approver = gateway.administrator.id;
  const caller = createCaller(await gateway.enrol(), url);
  await caller.call('echo', { text: 'invoice 7' });
  approval = readAsked(await caller.call('pay', PAYMENT));
  await gateway.administrator.decide(approval, 'approve');
  await caller.call('pay', PAYMENT);
  const [released] = await gateway.records({ approval, kind: 'action.release' });
  action = String(released?.action);
  const [task] = await gateway.records({ action, kind: 'action.outcome' });
  here = { folder, environment: { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url } };
  vkey = (
    JSON.parse((await runCountersign(['ledger', 'checkpoint', '--json'], here)).stdout) as { vkey: string }
  ).vkey;
  const words = ['ledger', 'bundle', '--task', String(task?.task), '--out', 'incident.bundle'];
  const made = await runCountersign(words, here);
  expect(made.exitCode, made.stderr).toBe(0);
  const small = await runCountersign(
    ['ledger', 'bundle', '--approval', approval, '--without', 'content', '--out', 'small.bundle'],
    here,
  );
  expect(small.exitCode, small.stderr).toBe(0);
  const recorded = await gateway.records({ kind: 'ledger.bundled' });
  expect(recorded, 'ledger.bundle-recorded').toHaveLength(2);
  const nothing = await runCountersign(['ledger', 'bundle'], here);
  expect(nothing.stderr).toContain('say which records');
  copyFileSync(join(repositoryRoot, 'packages/ledger/standalone/verify-bundle.mjs'), at('verify-bundle.mjs'));
  for (const end of ends.reverse()) await end();
  ends.length = 0;
}, 120_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true });
});

describe('ledger.bundle', () => {
  it('verifies without the server that made it', async () => {
    const verified = await offline('ledger', 'verify', 'incident.bundle', '--vkey', vkey, '--json');
    expect(verified.exitCode, verified.stdout).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ...{ valid: true, key: 'given', truncated: false, policies: 1, findings: [] },
      madeFor: { id: 'operator', name: 'operator' },
      receipts: [{ approval, outcome: 'approved', proven: true, status: { value: 'valid' } }],
    });
  });

  it('verifies with Node.js and one file', () => {
    const verified = verifyAlone('incident.bundle', '--vkey', vkey);
    expect(verified.stderr).toBe('');
    expect(verified.exitCode, verified.stdout).toBe(0);
    expect(verified.stdout).toContain('proven by passkeys over the text');
    expect(verifyAlone().exitCode).toBe(2);
  });

  it('holds policies, tools and what led to it, and no credential', () => {
    const bundle = read('incident.bundle');
    for (const kind of [
      'task.opened',
      'action.intent',
      'approval.voted',
      'person.passkey_added',
      'policy.activated',
    ])
      expect(bundle).toContain(`"kind":"${kind}"`);
    expect(bundle).toContain('"type":"tool"');
    expect(bundle).toContain(String(PAYMENT.amount));
    expect(bundle).not.toContain(SECRET);
  });

  it('leaves out what its maker left out, and says so', async () => {
    const verified = await offline('ledger', 'verify', 'small.bundle', '--vkey', vkey, '--json');
    expect(verified.exitCode, verified.stdout).toBe(0);
    const report = JSON.parse(verified.stdout) as { withheld: { left_out: number } };
    expect(report.withheld.left_out).toBeGreaterThan(1);
    const records = read('small.bundle')
      .split('\n')
      .filter((line) => line.includes('"kind":"action.outcome"'));
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) expect(record).toContain('"payload":null');
  });
});

describe('ledger.bundle-walk', () => {
  it('names the approver, the policy version and the task from the file alone', async () => {
    const told = await offline('ledger', 'why', action, '--bundle', 'incident.bundle', '--vkey', vkey);
    expect(told.exitCode, told.stderr).toBe(0);
    for (const word of [approver, 'pol_', 'tsk_', 'approval.granted', 'delegation.created'])
      expect(told.stdout).toContain(word);
    const impact = await offline('ledger', 'impact', action, '--bundle', 'incident.bundle', '--json');
    expect(JSON.parse(impact.stdout)).toMatchObject({ truncated: false });
    const unknown = await offline('ledger', 'why', 'act_none', '--bundle', 'incident.bundle');
    expect(unknown.exitCode).not.toBe(0);
  });
});

describe('ledger.bundle-tampered', () => {
  it.each<[string, (bundle: string) => string, string]>([
    [
      'an amount',
      (bundle) => bundle.replaceAll(`"amount":${PAYMENT.amount}`, '"amount":1'),
      'record.changed',
    ],
    ['its reader', (bundle) => bundle.replace('"name":"operator"', '"name":"auditor"'), 'bundle.changed'],
    ['its length', (bundle) => bundle.slice(0, bundle.length / 2), 'bundle.not_recorded'],
  ])('finds what was done to %s', async (_what, change, code) => {
    writeFileSync(at('forged.bundle'), change(read('incident.bundle')));
    for (const found of [
      await offline('ledger', 'verify', 'forged.bundle', '--vkey', vkey, '--json'),
      verifyAlone('forged.bundle', '--vkey', vkey, '--json'),
    ]) {
      expect(found.exitCode).toBe(VERIFICATION_FAILED);
      const report = JSON.parse(found.stdout) as Report;
      expect(report.findings.map((finding) => finding.code)).toContain(code);
    }
    const walked = await offline('ledger', 'why', action, '--bundle', 'forged.bundle');
    expect(walked.exitCode).toBe(VERIFICATION_FAILED);
    expect(walked.stdout).not.toContain('approval.granted');
  });
});
