import { describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { connectClient } from './ground/connect-client.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { readAction, waitForRecord } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });

describe('approval.refused', () => {
  it('ends the call with what the person said, and stays so', async () => {
    const { gateway, url, upstream } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const approval = readAsked(await caller.call('pay', PAYMENT));
    const approver = await gateway.invite('Reviewer', ['approver']);
    const reason = 'This invoice was paid last week.';
    requireDone(await approver.request('POST', `/v1/approvals/${approval}/deny`, { reason }));
    const reply = await caller.call('pay', PAYMENT);
    expect(readRefusal(reply)).toBe('approval.denied');
    expect(readText(reply)).toContain(reason);
    expect(readRefusal(await caller.call('pay', PAYMENT))).toBe('approval.denied');
    // No is final: the same person cannot turn it into a yes.
    expect((await approver.decide(approval, 'approve')).json).toMatchObject({
      code: 'approval.already_decided',
    });
    expect(upstream.journal.calls('pay')).toHaveLength(0);

    const denied = await waitForRecord(gateway, 'approval.denied', { approval });
    const voted = await waitForRecord(gateway, 'approval.voted', { approval });
    expect(voted).toMatchObject({ person: approver.id, body: { choice: 'deny' } });
    expect(denied).toMatchObject({ body: { people: [approver.id], reason } });
    expect(denied.causes.at(-1)).toBe(voted.id);
    const refused = await waitForRecord(gateway, 'action.refused', { agent: caller.agentId });
    const [intent, decision, end] = await readAction(gateway, String(refused.action));
    expect(decision).toMatchObject({ causes: [intent?.id], body: { effect: 'step_up' } });
    expect(end).toMatchObject({
      id: refused.id,
      causes: [intent?.id, decision?.id],
      body: { code: 'approval.denied' },
    });
  });

  it('reaches a client that was shown the link, in the same call', async () => {
    const { gateway, url, upstream } = scene();
    const { client } = await connectClient(gateway, url, {
      async open(link) {
        const approval = link.split('/').at(-1) ?? '';
        setTimeout(() => void gateway.administrator.decide(approval, 'deny'), 200);
        return 'accept';
      },
    });
    const result = await client.callTool({ name: 'pay', arguments: { ...PAYMENT, amount: 8 } });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain('REFUSED approval.denied');
    await client.close();
    expect(upstream.journal.calls('pay')).toHaveLength(0);
  });

  it('is not what it means when a caller declines to open the link', async () => {
    const { gateway, url } = scene();
    const { client } = await connectClient(gateway, url, { open: async () => 'decline' });
    const started = Date.now();
    const result = await client.callTool({ name: 'pay', arguments: { ...PAYMENT, amount: 9 } });
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(result.isError ?? false).toBe(false);
    expect(JSON.stringify(result.content)).toContain('PENDING apr_');
    await client.close();
  });

  it('comes by itself when nobody has decided in time', async () => {
    const { gateway, url, upstream } = scene();
    const enrolled = await gateway.enrol();
    const caller = createCaller(enrolled, url);
    const payment = { ...PAYMENT, amount: 7 };
    const approval = readAsked(await caller.call('pay', payment));
    gateway.advance(601_000);
    const later = createCaller({ ...enrolled, token: await enrolled.renew() }, url);
    const reply = await later.call('pay', payment);
    expect(readRefusal(reply)).toBe('approval.expired');
    await waitForRecord(gateway, 'approval.expired', { approval });
    expect((await gateway.administrator.decide(approval, 'approve')).json).toMatchObject({
      code: 'approval.expired',
    });
    expect(upstream.journal.calls('pay')).toHaveLength(0);
  });
});
