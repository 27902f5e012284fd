import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, PAYMENT, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.changed-arguments', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });
  const more = { ...PAYMENT, amount: PAYMENT.amount * 100 };

  it('run on the approval of other ones at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive, more))).toBe(true);
    expect(naive.upstream.journal.calls('pay')).toMatchObject([{ arguments: more }]);
  });

  it.each([
    ['a higher amount', more],
    ['another account', { ...PAYMENT, to: 'DE00 6666' }],
    ['a look-alike account', { ...PAYMENT, to: 'DE0\u043E 1234' }],
  ])('ask again here: %s', async (_what, changed) => {
    const { here } = ground();
    const approval = await askToPay(here);
    expect((await here.gateway.administrator.decide(approval, 'approve')).status).toBe(200);
    expect(isPending(await pay(here, changed))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
    // The approved call itself goes through, so it was the change that was refused.
    expect(isResult(await pay(here))).toBe(true);
    expect(here.upstream.journal.calls('pay').at(-1)).toMatchObject({ arguments: PAYMENT });
    here.upstream.journal.forget();
  });
});
