import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { useScene } from './ground/use-scene.ts';

const environment = { COUNTERSIGN_APPROVALS_ASKS_PER_HOUR: '7' };
const scene = useScene({ policy: ASK_BEFORE_PAY, environment });
let caller: Caller;

beforeAll(async () => {
  caller = createCaller(await scene().gateway.enrol(), scene().url);
});

describe('an agent that asks again and again', () => {
  it('approval.push-bombing: is suspended after three refusals, and its owner is told', async () => {
    const { gateway, upstream } = scene();
    for (const to of ['DE01', 'DE02', 'DE03']) {
      // People who refuse one after the other, not one list.
      gateway.advance(10_000);
      const approval = readAsked(await caller.call('pay', { ...PAYMENT, to }));
      expect((await gateway.administrator.decide(approval, 'deny')).status).toBe(200);
    }
    expect(readRefusal(await caller.call('pay', { ...PAYMENT, to: 'DE04' }))).toBe('agent.not_active');
    const [suspended] = await gateway.records({ kind: 'agent.state_changed', agent: caller.agentId });
    expect(suspended).toMatchObject({ body: { by: 'system:attention', to: 'suspended' } });
    expect(upstream.journal.calls('pay')).toHaveLength(0);
  });

  it('approval.attention-spent: asks nobody who was asked too much, and lets nothing through instead', async () => {
    const { gateway, upstream, url } = scene();
    const other = createCaller(await gateway.enrol(), url);
    const accounts = ['DE11', 'DE12', 'DE13', 'DE14', 'DE15'];
    const replies = [];
    for (const to of accounts) {
      const reply = await other.call('pay', { ...PAYMENT, to });
      replies.push(reply);
      // Decided, so that the next is a question of its own.
      if (to === 'DE15') continue;
      const { status } = await gateway.administrator.decide(readAsked(reply), 'approve');
      expect(status).toBe(200);
    }
    expect(replies.at(-1)?.body).toContain('approval.people_overasked');
    expect(upstream.journal.calls('pay')).toHaveLength(0);
    const { json } = await gateway.operator('GET', '/v1/approvals/attention');
    expect(json).toMatchObject({ people: [{ approved: 4, denied: 3, askedLastHour: 7, asksPerHour: 7 }] });
  });
});
