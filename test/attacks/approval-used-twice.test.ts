import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

const RACERS = 8;

describe('approval.used-twice', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('pays twice at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    await pay(naive);
    await pay(naive);
    expect(naive.forwarded('pay')).toBe(2);
  });

  it('pays once here, however many calls race for it', async () => {
    const { here } = ground();
    await here.gateway.administrator.decide(await askToPay(here), 'approve');
    const replies = await Promise.all(Array.from({ length: RACERS }, () => pay(here)));
    expect(here.forwarded('pay')).toBe(1);
    expect(replies.filter(isResult).filter((reply) => !isPending(reply))).toHaveLength(1);
    expect(isPending(await pay(here))).toBe(true);
    const released = await here.gateway.records({ kind: 'action.release' });
    expect(released).toHaveLength(1);
  });
});
