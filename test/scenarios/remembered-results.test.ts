import {
  type PlainTool,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const types = `
entity identity;
entity tool;
entity mcp_server;
entity order { owner: String, total: Long, lines: Set<String> };
action refund appliesTo { principal: identity, resource: order, context: { agent: String, amount: Long, lines: Set<String> } };
action "tools/call" appliesTo { principal: identity, resource: tool, context: { agent: String } };
`;
const rules = `${PERMIT_ALL}
@id("no-more-than-was-paid") forbid (principal, action == Action::"refund", resource)
when { context.amount > resource.total };
@id("lines-of-the-order") forbid (principal, action == Action::"refund", resource)
unless { resource.lines.containsAll(context.lines) };`;

const here = 'remembered.order[params.arguments.order]';
const mapping = {
  evaluation: {
    action: { name: 'refund' },
    resource: {
      type: 'order',
      id: '$params.arguments.order',
      properties: { owner: `$${here}.owner`, total: `$${here}.total`, lines: `$${here}.lines.map(l, l.sku)` },
    },
    context: {
      agent: '$token.agent',
      amount: '$params.arguments.amount',
      lines: '$params.arguments.lines.map(l, l.sku)',
    },
  },
};
const lines = { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } };
const tools: readonly PlainTool[] = [
  {
    name: 'get_order',
    description: 'Returns an order',
    inputSchema: { type: 'object', properties: { order: { type: 'string' } } },
  },
  {
    name: 'refund',
    description: 'Refunds an order',
    inputSchema: {
      type: 'object',
      properties: { order: { type: 'string' }, amount: { type: 'integer' }, lines },
      'x-authzen-mapping': mapping,
    },
  },
];
const order = { id: 'a', owner: 'Ada', total: 500, lines: [{ sku: 'x' }, { sku: 'y' }] };

describe('policy.remembered-results', () => {
  let gateway: TestGateway;
  let upstream: Upstream;
  let url: string;

  beforeAll(async () => {
    upstream = await startPlainUpstream({
      tools,
      call: (name) => ({
        content: [{ type: 'text', text: name === 'refund' ? 'done' : JSON.stringify(order) }],
      }),
    });
    gateway = await startGateway();
    const remember = { order: { key: ['/id'], from: { get_order: '' } } };
    url = await gateway.addUpstream('shop', { url: upstream.url, authzenMapping: 'on', remember });
    for (const name of ['get_order', 'refund']) {
      const said = { effects: [name === 'refund' ? 'write' : 'read'], dataDomain: 'orders' };
      requireDone(await gateway.operator('PUT', `/v1/upstreams/shop/tools/${name}/classification`, said));
    }
    const files = [
      { name: 'shop.cedar', text: rules },
      { name: 'shop.cedarschema', text: types },
    ];
    requireDone(await gateway.operator('POST', '/v1/policies', { files }));
  }, 60_000);
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });

  const refund = (amount: number, sku = 'x', of = 'a') => ({ order: of, amount, lines: [{ sku }] });

  it('holds a call against what its own task has read, and refuses it before', async () => {
    const caller = createCaller(await gateway.enrol(), url);
    expect(readRefusal(await caller.call('refund', refund(100)))).toBe('action.unmappable');
    expect(isResult(await caller.call('get_order', { order: 'a' }))).toBe(true);
    expect(isResult(await caller.call('refund', refund(100)))).toBe(true);
    expect(readRefusal(await caller.call('refund', refund(600)))).toBe('action.denied');
    expect(readRefusal(await caller.call('refund', refund(100, 'z')))).toBe('action.denied');
    for (const of of ['b', '__proto__', 'constructor'])
      expect(readRefusal(await caller.call('refund', refund(100, 'x', of)))).toBe('action.unmappable');
    const stranger = createCaller(await gateway.enrol(), url);
    expect(readRefusal(await stranger.call('refund', refund(100)))).toBe('action.unmappable');
  });

  it('refuses settings that could not be kept', async () => {
    const settings = (remember: object) => ({ url: upstream.url, allowPrivate: true, remember });
    for (const remember of [
      { order: { key: [], from: {} } },
      { order: { key: ['id'], from: {} } },
      { Order: { key: ['/id'], from: {} } },
      { order: { key: ['/id'], from: { get_order: 'id' } } },
      { order: { key: ['/id'], from: {}, more: true } },
    ]) {
      const body = { kind: 'mcp-http', settings: settings(remember) };
      const reply = await gateway.operator('PUT', '/v1/upstreams/shop', body);
      expect(reply.json).toMatchObject({ code: 'upstream.settings_invalid' });
    }
  });

  it('knows nothing after a restart until it is read again', async () => {
    const enrolled = await gateway.enrol();
    const caller = createCaller(enrolled, url);
    expect(isResult(await caller.call('get_order', { order: 'a' }))).toBe(true);
    await gateway.restart();
    const again = createCaller({ ...enrolled, token: await enrolled.renew() }, url);
    expect(readRefusal(await again.call('refund', refund(100)))).toBe('action.unmappable');
    expect(isResult(await again.call('get_order', { order: 'a' }))).toBe(true);
    expect(isResult(await again.call('refund', refund(100)))).toBe(true);
  });
});
