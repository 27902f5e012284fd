import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

const ELEVEN_MINUTES = 660_000;

describe('approval.late', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('still opens the way at a naive gateway', async () => {
    const { naive } = ground();
    const asked = await pay(naive);
    naive.later(ELEVEN_MINUTES);
    await followNaiveLink(naive, asked);
    expect(isResult(await pay(naive))).toBe(true);
  });

  it('does not count here, and the call is refused', async () => {
    const { here } = ground();
    const approval = await askToPay(here);
    here.later(ELEVEN_MINUTES);
    const decided = await here.gateway.administrator.decide(approval, 'approve');
    expect(readRefusal(decided)).toMatch(/^(approval\.expired|approval\.already_decided)$/);
    const token = await here.enrolled.renew();
    expect(readRefusal(await pay(here, undefined, { token }))).toBe('approval.expired');
    expect(here.forwarded('pay')).toBe(0);
  });
});
