import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.changed-policy', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('is not looked at again by a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it('decides here: a stricter demand asks again, a plain no refuses', async () => {
    const { here } = ground();
    const { gateway } = here;
    await gateway.administrator.decide(await askToPay(here), 'approve');
    await gateway.activatePolicy(ASK_BEFORE_PAY.replace('quorum=1', 'quorum=2'));
    expect(isPending(await pay(here))).toBe(true);
    await gateway.activatePolicy(ASK_BEFORE_PAY.replace(/@stepUp\(.*\)/, ''));
    expect(readRefusal(await pay(here))).toBe('action.denied');
    expect(here.forwarded('pay')).toBe(0);
  });
});
