import { mcpRequest } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { readAction, waitForRecord } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const READING_ONLY = `
@id("reading-only-since-the-incident")
permit (principal, action in Countersign::Action::"effect:read", resource);
@id("discovery")
permit (principal, action == Countersign::Action::"discover", resource);
`;
const PAYMENT = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };

const scene = useScene({ policy: READING_ONLY });

describe('action.refused', () => {
  let caller: Caller;
  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
  });

  it('says that policy refused it and what to do, and nothing of the policy', async () => {
    const { upstream } = scene();
    const reply = await caller.call('pay', PAYMENT);
    expect(reply.status).toBe(200);
    expect(readRefusal(reply)).toBe('action.denied');
    expect(reply.json).toMatchObject({ result: { isError: true, resultType: 'complete' } });
    expect(readText(reply)).toMatch(/^REFUSED action\.denied: .{20,}/);
    expect(reply.body).not.toContain('since-the-incident');
    expect(upstream.journal.calls()).toHaveLength(0);
  });

  it('is recorded as an intent and the decision that refused it, and went nowhere', async () => {
    const { gateway } = scene();
    const intent = await waitForRecord(gateway, 'action.intent', { agent: caller.agentId, tool: 'shop/pay' });
    const [first, decision, ...others] = await readAction(gateway, String(intent.action));
    expect(first).toMatchObject({ id: intent.id, task: caller.task, body: { arguments: PAYMENT } });
    expect(decision).toMatchObject({
      kind: 'action.decision',
      causes: [intent.id],
      task: caller.task,
      body: { effect: 'deny', decidedBy: 'policy' },
    });
    expect(decision?.policyVersion).toMatch(/^pol_/);
    expect(others).toEqual([]);
  });

  it('was never shown the tool', async () => {
    const reply = await caller.send(mcpRequest('tools/list'));
    const { result } = reply.json as { result: { tools: readonly { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(['echo']);
  });

  it('says which of its own limits it exceeded', async () => {
    const { gateway, url, upstream } = scene();
    const limits = {
      actions: ['shop/echo'],
      arguments: [{ action: 'shop/echo', path: '/text', rule: { maxLength: 3 } }],
    };
    const narrow = createCaller(await gateway.enrol({ limits }), url);
    expect(isResult(await narrow.call('echo', { text: 'abc' }))).toBe(true);
    const before = upstream.journal.calls().length;
    const long = await narrow.call('echo', { text: 'abcd' });
    expect(readRefusal(long)).toBe('action.not_in_limits');
    expect(readText(long)).toContain('/text');
    const decision = await waitForRecord(gateway, 'action.decision', { agent: narrow.agentId });
    expect(decision).toMatchObject({ body: { effect: 'deny', decidedBy: 'limits' } });
    expect(upstream.journal.calls()).toHaveLength(before);
  });

  it('is recorded also when no decision was needed', async () => {
    const { gateway } = scene();
    const reply = await caller.call('echo', { text: 5 });
    expect(readRefusal(reply)).toBe('action.arguments_invalid');
    const refused = await waitForRecord(gateway, 'action.refused', { agent: caller.agentId });
    expect(refused).toMatchObject({ task: caller.task, body: { code: 'action.arguments_invalid' } });
  });
});

describe('task.spend', () => {
  it('is counted over calls, and the call that would exceed it goes nowhere', async () => {
    const { gateway, url, upstream } = scene();
    requireDone(await gateway.activatePolicy('permit (principal, action, resource);'));
    requireDone(
      await gateway.operator('PUT', '/v1/upstreams/shop/tools/pay/classification', {
        effects: ['write', 'spend'],
        dataDomain: 'payments',
        amountPointer: '/amount',
        amountCurrency: '/currency',
      }),
    );
    const limits = { spendMinor: 2000, currency: 'EUR' };
    const buyer = createCaller(await gateway.enrol({ limits }), url);
    const before = upstream.journal.calls('pay').length;
    expect(isResult(await buyer.call('pay', PAYMENT))).toBe(true);
    expect(readRefusal(await buyer.call('pay', PAYMENT))).toBe('task.budget_spent');
    expect(isResult(await buyer.call('pay', { ...PAYMENT, amount: 800 }))).toBe(true);
    expect(readRefusal(await buyer.call('pay', { ...PAYMENT, amount: 1 }))).toBe('task.budget_spent');
    expect(upstream.journal.calls('pay').length - before).toBe(2);
    const dollars = await buyer.call('pay', { ...PAYMENT, amount: 1, currency: 'USD' });
    expect(readRefusal(dollars)).toBe('action.not_in_limits');
    const { json } = await gateway.operator('GET', `/v1/tasks/${buyer.task}`);
    expect(json).toMatchObject({ used: { calls: 2, spendMinor: 2000 } });
    const refused = await gateway.records({ kind: 'action.refused', task: buyer.task });
    expect(refused.map(({ body }) => body)).toMatchObject([
      { code: 'task.budget_spent' },
      { code: 'task.budget_spent' },
    ]);
  });
});
