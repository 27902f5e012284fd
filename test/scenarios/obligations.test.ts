import {
  mcpRequest,
  type PlainTool,
  startEverythingUpstream,
  startPlainUpstream,
  toolCall,
} from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const IBAN = 'DE00-1234-5678';
const customer = { name: 'Ada', iban: IBAN };
const shape = { type: 'object', properties: { form: { type: 'string' } }, additionalProperties: false };
const tools: readonly PlainTool[] = [
  { name: 'customers', description: 'Lists customers', inputSchema: shape },
  { name: 'mail', description: 'Sends a mail', inputSchema: shape },
];

function answer(args: unknown) {
  const { form } = args as { form?: string };
  if (form === 'words') return { content: [{ type: 'text', text: `Ada has ${IBAN}` }] };
  const rows = { customers: [customer, customer, customer] };
  return { content: [{ type: 'text', text: JSON.stringify(rows) }], structuredContent: rows };
}

const of = (tool: string) => `(principal, action == Countersign::Action::"shop/${tool}", resource)`;

describe('policy.obligations', () => {
  const policy = `
    @id("masked") @redact("/customers/*/iban") @cap("rows=2") @notice("Customer data: do not pass it on.")
    @notify("role:security") permit ${of('customers')};
    @id("plain") permit ${of('customers')} when { context.task.calls < 100 };`;
  const scene = useScene({
    upstream: () => startPlainUpstream({ tools, call: (_, args) => answer(args) }),
    policy,
  });

  it('is met in structure and text, and recorded', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('customers', {});
    expect(isResult(reply), reply.body).toBe(true);
    expect(reply.body).not.toContain(IBAN);
    const { result } = reply.json as { result: { structuredContent: { customers: unknown[] } } };
    expect(result.structuredContent.customers).toEqual([
      { name: 'Ada', iban: '[redacted by policy]' },
      { name: 'Ada', iban: '[redacted by policy]' },
    ]);
    expect(readText(reply)).toContain('[Countersign] Customer data: do not pass it on.');
    expect(readText(reply)).toContain('at most 2 rows');
    const { decision, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(decision).toMatchObject({
      body: {
        policies: ['test:masked', 'test:plain'],
        obligations: { redact: ['/customers/*/iban'], capRows: 2, notify: ['role:security'] },
      },
    });
    expect(outcome).toMatchObject({ body: { obligations: { redacted: 6, rowsCut: 2, withheld: 0 } } });
    expect(JSON.stringify(await gateway.records())).not.toContain(IBAN);
  });

  it('withholds what it cannot be met in', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('customers', { form: 'words' });
    expect(isResult(reply), reply.body).toBe(true);
    expect(reply.body).not.toContain(IBAN);
    expect(readText(reply)).toContain('[withheld by policy]');
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { obligations: { withheld: 1 } } });
    expect(JSON.stringify(await gateway.records())).not.toContain(IBAN);
  });

  it('never goes live on a forbid, or unreadable', async () => {
    const { gateway } = scene();
    const wrong = await gateway.activatePolicy(`@redact("/a") forbid ${of('mail')};`);
    expect(wrong.json).toMatchObject({ code: 'policy.invalid' });
    expect(wrong.body).toContain('@redact belongs on a permit');
    const unreadable = await gateway.activatePolicy(`@cap("lines=5") permit ${of('mail')};`);
    expect(unreadable.body).toMatch(/test\.cedar:1:1: @cap/);
  });
});

describe('policy.obligations of a task that runs on', () => {
  const scene = useScene({
    upstream: startEverythingUpstream,
    policy: `@redact("/label") permit (principal, action in Countersign::Action::"call", resource);
      permit (principal, action, resource) unless { action in Countersign::Action::"call" };`,
  });
  const capable = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };

  it('are those of the call that began it', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const started = await caller.send(toolCall('slow_compute', { seconds: 0.1, label: 'mine' }, capable));
    const { taskId } = (started.json as { result: { taskId: string } }).result;
    const read = () =>
      caller.send(mcpRequest('tasks/get', { taskId }, capable), { headers: { 'mcp-name': taskId } });
    await expect.poll(async () => (await read()).body).toContain('completed');
    const done = await read();
    expect(done.body).not.toContain('computed mine');
    expect(done.body).toContain('[withheld by policy]');
  });
});

describe('policy.fresh-token', () => {
  const scene = useScene({ policy: `@fresh("60s") ${PERMIT_ALL}` });

  it('challenges for a newer one', async () => {
    const { gateway, url, upstream } = scene();
    const enrolled = await gateway.enrol();
    const caller = createCaller(enrolled, url);
    expect(isResult(await caller.call('echo', { text: 'young' }))).toBe(true);
    gateway.advance(61_000);
    const refused = await caller.call('echo', { text: 'old' });
    expect(refused.status).toBe(401);
    expect(readRefusal(refused)).toBe('token.not_fresh');
    expect(refused.headers['www-authenticate']).toMatch(/^DPoP error="invalid_token"/);
    expect(upstream.journal.calls('echo')).toHaveLength(1);
    const record = await waitForRecord(gateway, 'action.refused', { agent: caller.agentId });
    expect(record).toMatchObject({ body: { code: 'token.not_fresh' } });
  });
});

describe('policy.task-facts', () => {
  const scene = useScene({
    upstream: () => startPlainUpstream({ tools, call: (_, args) => answer(args) }),
    policy: `${PERMIT_ALL}
      @id("nothing-out") forbid ${of('mail')}
      when { context.task.facts.toolsCalled.contains("shop/customers") };
      @id("enough") forbid ${of('customers')} when { context.task.facts.denials > 1 };`,
  });

  it('count from the next call on, and in this task alone', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('mail', {}))).toBe(true);
    expect(isResult(await caller.call('customers', {}))).toBe(true);
    expect(readRefusal(await caller.call('mail', {}))).toBe('action.denied');
    expect(isResult(await caller.call('customers', {}))).toBe(true);
    expect(readRefusal(await caller.call('mail', {}))).toBe('action.denied');
    expect(readRefusal(await caller.call('customers', {}))).toBe('action.denied');
    const other = createCaller(await gateway.enrol(), url);
    expect(isResult(await other.call('mail', {}))).toBe(true);
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
    expect(isResult(await caller.call('mail', {}))).toBe(true);
  });
});
