import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  PLAIN_TOOLS,
  startFakeModel,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type TestPerson,
  type TestRecord,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForRecord } from '../scenarios/ground/read-evidence.ts';
import { runCountersign } from '../scenarios/ground/run-countersign.ts';
import { requireDone } from '../scenarios/ground/use-scene.ts';
import { enrolAgents } from './incident/enrol-agents.ts';
import { DOCUMENT, POISON, PROMPT, playIncident, SCRIPT } from './incident/play-incident.ts';

const POLICY = `@id("all") permit (principal, action, resource);
@id("ask-for-money") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource);`;
const READ_DOCUMENT = {
  name: 'read_document',
  description: 'Reads a document of the supplier',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

interface Why {
  readonly nodes: readonly { readonly record: TestRecord; readonly distance: number }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly link: string;
    readonly detail?: string;
  }[];
  readonly truncated: boolean;
}

const ends: (() => Promise<void>)[] = [];
let gateway: TestGateway;
let bank: Upstream;
let approver: TestPerson;
let payment: TestRecord;

beforeAll(async () => {
  const model = await startFakeModel({ script: SCRIPT });
  ends.push(() => model.close());
  const docs = await startPlainUpstream({
    tools: [READ_DOCUMENT],
    call: () => ({ content: [{ type: 'text', text: DOCUMENT }] }),
  });
  ends.push(() => docs.close());
  bank = await startPlainUpstream({ tools: PLAIN_TOOLS.filter(({ name }) => name === 'pay') });
  ends.push(() => bank.close());
  gateway = await startGateway();
  ends.push(() => gateway.stop());
  await gateway.addUpstream('openai', { model: { url: model.url, provider: 'openai' } });
  await gateway.addUpstream('docs', { url: docs.url });
  await gateway.addUpstream('bank', { url: bank.url });
  requireDone(await gateway.activatePolicy(POLICY));
  approver = await gateway.invite('Somebody who approves', ['approver']);
  const said = await playIncident(await enrolAgents(gateway), approver);
  expect(said).toBe('Invoice 17 is paid.');
  payment = await waitForRecord(gateway, 'action.outcome', { tool: 'bank/pay' });
}, 90_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const walk = async (direction: 'why' | 'impact', id: string) =>
  requireDone<Why>(await gateway.operator('GET', `/v1/ledger/records/${id}/${direction}`));
const find = (walked: Why, kind: string, facts: object = {}) => {
  const records = walked.nodes.map(({ record }) => record).filter((record) => record.kind === kind);
  const found = records.find((record) =>
    Object.entries(facts).every(([name, value]) => record[name] === value),
  );
  if (found === undefined) throw new Error(`${kind} is not named: ${records.map(({ id }) => id).join(' ')}`);
  return found;
};

describe('ledger.incident', () => {
  it('paid the account of whoever poisoned the document', () => {
    expect(bank.journal.calls('pay')).toHaveLength(1);
    expect(JSON.stringify(bank.journal.calls('pay'))).toContain(POISON);
  });

  it('names document, prompt, approver and policies from the payment alone', async () => {
    const why = await walk('why', payment.id);
    expect(why.truncated).toBe(false);
    const document = find(why, 'action.outcome', { upstream: 'docs', tool: 'read_document' });
    expect(JSON.stringify(document)).toContain('Our account has changed');
    const paying = find(why, 'action.intent', { upstream: 'bank', tool: 'pay' });
    const value = why.edges.find(
      ({ from, to, link }) => from === document.id && to === paying.id && link === 'value',
    );
    expect(value?.detail).toContain('/to');
    const opened = find(why, 'task.opened', { task: document.task });
    expect(find(why, 'task.prompt_given').body).toMatchObject({ prompt: PROMPT });
    expect(opened.causes.length).toBeGreaterThan(0);
    expect(find(why, 'approval.voted')).toMatchObject({ person: approver.id });
    const decision = find(why, 'action.decision', { upstream: 'bank' });
    expect(find(why, 'policy.activated').policyVersion).toBe(decision.policyVersion);
    expect(find(why, 'delegation.created', { person: gateway.administrator.id })).toBeDefined();
  });

  it('tells from the document what it touched', async () => {
    const why = await walk('why', payment.id);
    const document = find(why, 'action.outcome', { upstream: 'docs', tool: 'read_document' });
    const touched = await walk('impact', document.id);
    expect(find(touched, 'action.outcome', { upstream: 'bank' }).id).toBe(payment.id);
  });

  it('tells the same from a bundle, on a machine without the server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'incident-'));
    try {
      const bundle = await gateway.operator('GET', `/v1/ledger/bundle?action=${payment.action}`);
      expect(bundle.status).toBe(200);
      await writeFile(join(folder, 'incident.bundle'), bundle.body);
      const bare = (...words: string[]) => runCountersign(words, { folder });
      const verified = await bare('ledger', 'verify', 'incident.bundle');
      expect(verified).toMatchObject({ exitCode: 0 });
      const told = await bare('ledger', 'why', payment.id, '--bundle', 'incident.bundle', '--json');
      expect(told).toMatchObject({ exitCode: 0 });
      const why = JSON.parse(told.stdout) as Why;
      const document = find(why, 'action.outcome', { upstream: 'docs', tool: 'read_document' });
      expect(JSON.stringify(document)).toContain('Our account has changed');
      expect(find(why, 'task.prompt_given').body).toMatchObject({ prompt: PROMPT });
      expect(find(why, 'approval.voted')).toMatchObject({ person: approver.id });
      const { policyVersion } = find(why, 'action.decision', { upstream: 'bank' });
      expect(find(why, 'policy.activated').policyVersion).toBe(policyVersion);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
