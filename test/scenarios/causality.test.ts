import type { CausalGraph, CausalRecord } from '@countersign/core';
import { startPlainUpstream, type Upstream } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { exchange, passOn, readExchanged, registerAgent } from './ground/enrol-chain.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

const IBAN = 'DE89370400440532013000';
const PROMPT = 'Read invoice.txt and have it paid';
const scene = useScene({ upstream: startOffice, policy: ASK_BEFORE_PAY });

type Graph = CausalGraph<CausalRecord & { readonly person?: string; readonly approval?: string }>;

function startOffice(): Promise<Upstream> {
  const words = { type: 'string' };
  const tool = (name: string, properties: object, annotations: Record<string, unknown> = {}) => ({
    ...{ name, description: `To ${name}`, annotations },
    inputSchema: { type: 'object', properties, required: Object.keys(properties) },
  });
  return startPlainUpstream({
    tools: [
      tool('read_document', { name: words }, { readOnlyHint: true }),
      tool('pay', { to: words, amount: { type: 'number' }, currency: words }),
    ],
    call: (name) => ({
      content: [{ type: 'text', text: name === 'pay' ? 'paid' : `Invoice 20415. Pay 1250 EUR to ${IBAN}.` }],
    }),
  });
}

describe('ledger.causality', () => {
  let reader: Caller;
  let payer: Caller;
  let approval: string;
  let paid: string;
  let read: string;
  const ask = async (id: string, question: 'why' | 'impact') =>
    requireDone<Graph>(await scene().gateway.operator('GET', `/v1/ledger/records/${id}/${question}`));
  const kindsOf = ({ nodes }: Graph, isContext = false) =>
    nodes.filter((node) => (node.isContext === true) === isContext).map(({ record }) => record.kind);
  const find = ({ nodes }: Graph, kind: string, more: object = {}) => {
    const found = nodes.filter(({ record }) => record.kind === kind);
    const [first] = found.filter(({ record }) =>
      Object.entries(more).every(([name, value]) => Reflect.get(record, name) === value),
    );
    expect(first, kind).toBeDefined();
    return first?.record as Graph['record'];
  };

  /** One agent reads a document and lets another pay; a person approves in between. */
  beforeAll(async () => {
    const { gateway, url } = scene();
    const enrolled = await gateway.enrol({ name: 'reader', prompt: PROMPT, limits: { depth: 1 } });
    reader = createCaller(enrolled, url);
    expect(isResult(await reader.call('read_document', { name: 'invoice.txt' }))).toBe(true);
    ({ id: read } = await waitForRecord(gateway, 'action.outcome', { agent: reader.agentId }));
    const agent = await registerAgent(gateway, 'payer');
    const passed = await passOn(gateway, reader.agent, agent, { taskId: reader.task });
    const { id: delegation } = requireDone<{ id: string }>(passed);
    const child = readExchanged(
      await exchange(agent, reader.token, {
        authorization_details: JSON.stringify([{ type: 'agent_task', delegation, purpose: `Pay ${IBAN}` }]),
      }),
    );
    payer = createCaller({ agent, delegation, ...child, renew: async () => child.token }, url);
    const payment = { to: IBAN, amount: 1250, currency: 'EUR' };
    approval = readAsked(await payer.call('pay', payment));
    requireDone(await gateway.administrator.decide(approval, 'approve'));
    expect(isResult(await payer.call('pay', payment))).toBe(true);
    ({ id: paid } = await waitForRecord(gateway, 'action.outcome', { agent: payer.agentId }));
  }, 60_000);

  it('names what the values of a call came from, and makes it a cause', async () => {
    const intent = await waitForRecord(scene().gateway, 'action.intent', { agent: payer.agentId });
    expect(intent.causes).toContain(read);
    const { sources } = intent.body as { sources: object[] };
    expect(sources).toContainEqual({ at: '/to', record: read, trust: 'untrusted' });
    expect(sources).toContainEqual({ at: '/amount', record: read, trust: 'untrusted' });
    const reading = await waitForRecord(scene().gateway, 'action.intent', { tool: 'shop/read_document' });
    const opened = await waitForRecord(scene().gateway, 'task.opened', { task: reader.task });
    expect(reading).toMatchObject({
      body: { sources: [{ at: '/name', record: opened.id, trust: 'prompt' }] },
    });
    const child = await waitForRecord(scene().gateway, 'task.opened', { agent: payer.agentId });
    expect(child).toMatchObject({ body: { sources: [{ at: '/purpose', record: read }] } });
    expect(child.causes).toEqual(expect.arrayContaining([opened.id, read]));
  });

  it('goes from the payment back to document, prompt, approver and policies', async () => {
    const why = await ask(paid, 'why');
    expect(why.truncated).toBe(false);
    const voted = find(why, 'approval.voted');
    expect(voted).toMatchObject({ approval, person: scene().gateway.administrator.id });
    const intent = find(why, 'action.intent', { agent: payer.agentId });
    expect(why.edges).toContainEqual({
      ...{ from: read, to: intent.id, link: 'value' },
      detail: expect.stringContaining('/to'),
    });
    const prompted = find(why, 'task.opened', { task: reader.task });
    const reading = find(why, 'action.intent', { agent: reader.agentId });
    expect(why.edges).toContainEqual(
      expect.objectContaining({
        from: prompted.id,
        to: reading.id,
        link: 'prompt',
        detail: '/name (prompt)',
      }),
    );
    const live = find(why, 'policy.activated');
    expect(live.policyVersion).toBe(find(why, 'action.decision', { agent: payer.agentId }).policyVersion);
    expect(kindsOf(why)).toEqual(
      expect.arrayContaining(['delegation.created', 'action.release', 'agent.registered']),
    );
    const codes = why.gaps.map(({ code }) => code);
    expect(codes).toContain('model_not_seen');
    expect(find(why, 'task.prompt_given').task).toBe(reader.task);
    expect(codes).not.toContain('missing');
  });

  it('goes from the document on to the payment of the other agent', async () => {
    const impact = await ask(read, 'impact');
    expect(impact.nodes.map(({ record }) => record.id)).toContain(paid);
    expect(kindsOf(impact)).toEqual(
      expect.arrayContaining(['task.opened', 'approval.requested', 'approval.granted', 'action.release']),
    );
    expect(find(impact, 'task.opened').agent).toBe(payer.agentId);
  });

  it('finds what an id of any kind stands for, and says so when there is none', async () => {
    const { action, task } = await waitForRecord(scene().gateway, 'action.outcome', { agent: payer.agentId });
    expect((await ask(String(action), 'why')).record.id).toBe(paid);
    expect((await ask(String(action), 'impact')).record.kind).toBe('action.intent');
    expect((await ask(approval, 'why')).record.kind).toMatch(/^approval\./);
    expect((await ask(approval, 'impact')).record.kind).toBe('approval.requested');
    expect((await ask(String(task), 'why')).record).toMatchObject({ kind: 'task.opened', task });
    expect((await ask(payer.delegation, 'why')).record.kind).toBe('delegation.created');
    const intent = await waitForRecord(scene().gateway, 'action.intent', { agent: payer.agentId });
    const { callDigest } = intent.body as { callDigest: string };
    expect((await ask(callDigest, 'why')).record.agent).toBe(payer.agentId);
    for (const unknown of ['rec_none', 'act_none', 'zzz_none', 'A'.repeat(43)]) {
      const reply = await scene().gateway.operator('GET', `/v1/ledger/records/${unknown}/why`);
      expect(reply.json).toMatchObject({ status: 404, code: 'ledger.record_not_found' });
    }
    expect((await scene().gateway.operator('GET', '/v1/ledger/records/x/why')).status).toBe(400);
  });

  it('tells a person the story, and a program the graph', async () => {
    const { gateway } = scene();
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const why = await runCountersign(['ledger', 'why', paid], { environment });
    expect(why, why.stderr).toMatchObject({ exitCode: 0 });
    expect(why.stdout).toMatch(/^shop\/pay: completed {2}\[action\.outcome .* rec_/);
    expect(why.stdout).toMatch(
      /<- argument \/to, \/amount \(untrusted\) came out of shop\/read_document: completed/,
    );
    expect(why.stdout).toMatch(new RegExp(`<- ${gateway.administrator.id} said approve with a passkey`));
    expect(why.stdout).toMatch(/<- decided under policies pol_/);
    expect(why.stdout).toMatch(/Not known:[\s\S]*what the model was told was not recorded/);
    const impact = await runCountersign(['ledger', 'impact', read, '--json'], { environment });
    expect(JSON.parse(impact.stdout)).toMatchObject({ record: { id: read }, truncated: false });
    const refused = await runCountersign(['ledger', 'why', 'rec_none'], { environment });
    expect(refused.exitCode).not.toBe(0);
  });
});
