import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('task.widened', () => {
  const ground = useGround({ limits: { actions: ['shop/echo'], effects: ['read'], calls: 5 } });
  const payment = { to: 'DE00', amount: 1, currency: 'EUR' };

  it('is no question at a naive gateway: every task may do all that its agent may', async () => {
    expect(isResult(await ground().naive.call('pay', payment))).toBe(true);
  });

  it.each([
    ['tools', { actions: ['*'] }],
    ['effects', { effects: ['read', 'spend'], spendMinor: 100, currency: 'EUR' }],
    ['calls', { calls: 6 }],
    ['calls without end', { calls: null }],
    ['delegations of its own', { depth: 3 }],
  ])('is refused here: more %s', async (_what, limits) => {
    const { here } = ground();
    const { agent, enrolled, gateway } = here;
    const task = { delegationId: enrolled.delegation, purpose: 'More', limits };
    const url = `${gateway.url}/v1/tasks`;
    const reply = await agent.send({ url, token: await agent.token(), message: task });
    expect(readRefusal(reply), reply.body).toBe('task.exceeds_delegation');
    expect(isResult(await here.call('pay', payment))).toBe(false);
    expect(here.forwarded('pay')).toBe(0);
  });
});
