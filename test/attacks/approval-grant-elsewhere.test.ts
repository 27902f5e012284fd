import { describe, expect, it } from 'vitest';
import { confirmPay, findGrant, grantCalls } from '../scenarios/ground/grant-calls.ts';
import { askToPay, followNaiveLink, isPending, PAYMENT, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult } from './ground/read-refusal.ts';
import { buildSide } from './ground/side.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.grant-elsewhere', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('pays anything to anybody once the naive gateway has a yes', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    await pay(naive, { ...PAYMENT, to: 'XX00 6666', amount: 999_999 });
    expect(naive.forwarded('pay')).toBe(1);
  });

  it('pays nothing here but what was signed for', async () => {
    const { here } = ground();
    await confirmPay(here.gateway);
    const { agent, enrolled, gateway } = here;
    const approval = await askToPay(here);
    await grantCalls(gateway.administrator, approval, { uses: 20 });
    expect(isPending(await pay(here))).toBe(false);
    const before = here.forwarded('pay');
    for (const change of [
      { to: 'DE00 1235' },
      { to: 'DE00 1234\u200b' },
      { to: 'ＤＥ00 1234' },
      { to: ['DE00 1234'] },
      { amount: PAYMENT.amount + 1 },
      { amount: -1 },
      { amount: 0 },
      { amount: '1200' },
      { amount: 1e9 },
      { currency: 'USD' },
      { memo: 'one more' },
    ]) {
      const reply = await pay(here, { ...PAYMENT, ...change });
      expect(isResult(reply) && !isPending(reply), JSON.stringify(change)).toBe(false);
    }
    const other = await gateway.enrol();
    expect(isPending(await pay(buildSide({ ...here, agent: other.agent, token: other.token })))).toBe(true);
    const { id: task } = await agent.openTask({ delegationId: enrolled.delegation, purpose: 'Another' });
    const token = await agent.token({ task, resource: [here.url] });
    expect(isPending(await pay(here, undefined, { token }))).toBe(true);
    expect(here.forwarded('pay')).toBe(before);
    expect(await findGrant(gateway, approval)).toMatchObject({ used: 1 });
  });
});
