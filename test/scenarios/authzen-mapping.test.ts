import {
  type PlainTool,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAsked } from '../attacks/ground/ask-to-pay.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const types = `
entity identity;
entity customer { level?: Long };
entity tool;
entity mcp_server;
action get_customer, merge appliesTo { principal: identity, resource: customer, context: { agent: String, case?: String } };
action "tools/call" appliesTo { principal: identity, resource: tool, context: { agent: String } };
action "tools/list", "server/discover" appliesTo { principal: identity, resource: mcp_server, context: { agent: String } };
`;
const narrowing = `${PERMIT_ALL}
@id("secret") forbid (principal, action, resource == customer::"secret");
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Action::"get_customer", resource == customer::"vip");
@id("quiet") forbid (principal, action == Action::"tools/call", resource == tool::"quiet");`;
const widening = `
@id("declared") permit (principal is identity, action, resource);
@id("lists") permit (principal, action == Countersign::Action::"discover", resource);`;

function describeTool(name: string, mapping?: object): PlainTool {
  const inputSchema = {
    type: 'object',
    properties: { id: { type: 'string' }, other: { type: 'string' } },
    ...(mapping && { 'x-authzen-mapping': mapping }),
  };
  return { name, description: name, inputSchema };
}

const customer = (id: string) => ({ type: 'customer', id });
const tools = [
  describeTool('get_customer', {
    evaluation: {
      subject: { type: 'identity', id: '$token.sub' },
      action: { name: 'get_customer' },
      resource: customer('$params.arguments.id'),
      context: { agent: '$token.?client_id' },
    },
  }),
  describeTool('merge', {
    evaluations: {
      action: { name: 'merge' },
      evaluations: [
        { resource: customer('$params.arguments.id') },
        { resource: customer('$params.arguments.other') },
      ],
    },
  }),
  describeTool('smuggle', {
    evaluation: {
      subject: { type: 'identity', id: '$params.arguments.id' },
      action: { name: 'get_customer' },
      resource: customer('public'),
    },
  }),
  describeTool('undeclared', {
    evaluation: { action: { name: 'get_customer' }, resource: { type: 'no', id: 'a' } },
  }),
  describeTool('plain'),
  describeTool('quiet'),
];

describe('policy.authzen-mapping', () => {
  let gateway: TestGateway;
  let upstream: Upstream;
  const ends: (() => Promise<void>)[] = [];
  const enter = async (name: string) => createCaller(await gateway.enrol(), `${gateway.url}/mcp/${name}`);
  const activate = async (cedar: string) => {
    const files = [
      { name: 'test.cedar', text: cedar },
      { name: 'test.cedarschema', text: types },
    ];
    requireDone(await gateway.operator('POST', '/v1/policies', { files }));
  };

  beforeAll(async () => {
    upstream = await startPlainUpstream({
      tools,
      call: () => ({ content: [{ type: 'text', text: 'done' }] }),
    });
    ends.push(() => upstream.close());
    gateway = await startGateway();
    ends.push(() => gateway.stop());
    await gateway.addUpstream('shop', { url: upstream.url, authzenMapping: 'on' });
    await gateway.addUpstream('unmapped', { url: upstream.url });
    for (const { name } of tools) {
      const path = `/v1/upstreams/shop/tools/${name}/classification`;
      requireDone(await gateway.operator('PUT', path, { effects: ['read'], dataDomain: 'shop' }));
    }
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('decides what a call is about, and records it', async () => {
    await activate(narrowing);
    const caller = await enter('shop');
    const allowed = await caller.call('get_customer', { id: 'public' });
    expect(isResult(allowed), allowed.body).toBe(true);
    const { decision } = await readEvidence(gateway, { agent: caller.agentId });
    expect(decision).toMatchObject({
      body: { mapped: [{ action: 'get_customer', resourceType: 'customer', effect: 'allow' }] },
    });
    const calls = upstream.journal.calls('get_customer').length;
    expect(readRefusal(await caller.call('get_customer', { id: 'secret' }))).toBe('action.denied');
    expect(upstream.journal.calls('get_customer')).toHaveLength(calls);
    const { id } = await waitForRecord(gateway, 'action.decision', { agent: caller.agentId });
    const explained = await gateway.operator('POST', '/v1/policies/explain', { id });
    expect(explained.json).toMatchObject({ repeated: { why: expect.stringContaining('AuthZEN mapping') } });
    expect(isResult(await (await enter('unmapped')).call('get_customer', { id: 'secret' }))).toBe(true);
  });

  it('needs every one of several decisions', async () => {
    const caller = await enter('shop');
    expect(isResult(await caller.call('merge', { id: 'a', other: 'b' }))).toBe(true);
    expect(readRefusal(await caller.call('merge', { id: 'a', other: 'secret' }))).toBe('action.denied');
  });

  it('asks a person where the mapped question has to', async () => {
    const caller = await enter('shop');
    const approval = readAsked(await caller.call('get_customer', { id: 'vip' }));
    const decision = await waitForRecord(gateway, 'action.decision', { agent: caller.agentId });
    expect(decision).toMatchObject({ body: { effect: 'step_up', policies: ['test:ask'] } });
    requireDone(await gateway.administrator.decide(approval, 'approve'));
    expect(readText(await caller.call('get_customer', { id: 'vip' }))).toBe('done');
  });

  it('has a default for everything else, and denies what is not declared', async () => {
    const caller = await enter('shop');
    expect(isResult(await caller.call('plain', {}))).toBe(true);
    expect(readRefusal(await caller.call('quiet', {}))).toBe('action.denied');
    expect(readRefusal(await caller.call('undeclared', {}))).toBe('action.denied');
  });

  it('refuses what cannot be mapped, and another subject', async () => {
    const caller = await enter('shop');
    const missing = await caller.call('get_customer', {});
    expect(readRefusal(missing)).toBe('action.unmappable');
    expect(missing.body).toContain('-32602');
    expect(missing.body).toContain('COAZ mapping error');
    expect(readRefusal(await caller.call('smuggle', { id: 'admin' }))).toBe('action.unmappable');
    expect(upstream.journal.calls('smuggle')).toHaveLength(0);
  });

  it('never widens what policy says of the tool', async () => {
    await activate(widening);
    const caller = await enter('shop');
    expect(readRefusal(await caller.call('get_customer', { id: 'public' }))).toBe('action.denied');
    expect(readRefusal(await caller.call('smuggle', { id: 'admin' }))).toBe('action.denied');
  });
});
