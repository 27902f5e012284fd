import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.wrong-person', () => {
  const policy = ASK_BEFORE_PAY.replace('within=10m', 'within=10m; not=owner');
  const ground = useGround({ policy, ask: ['shop/pay'] });

  it('approves at a naive gateway, being whoever opens the link', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it('may not approve here: not the owner whom policy excludes, not somebody without the role', async () => {
    const { here } = ground();
    const { gateway } = here;
    const approval = await askToPay(here);
    expect(readRefusal(await gateway.administrator.decide(approval, 'approve'))).toBe(
      'approval.not_eligible',
    );
    const auditor = await gateway.invite('Auditor', ['auditor']);
    const refused = readRefusal(await auditor.decide(approval, 'approve'));
    expect(['person.forbidden', 'approval.not_eligible', 'approval.not_found']).toContain(refused);
    expect(isPending(await pay(here))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
    const approver = await gateway.invite('Approver', ['approver']);
    expect((await approver.decide(approval, 'approve')).status).toBe(200);
    expect(isResult(await pay(here))).toBe(true);
  });

  it('may not be the agent here', async () => {
    const { here } = ground();
    const approval = await askToPay(here, { to: 'DE00 9', amount: 1, currency: 'EUR' });
    const token = await here.agent.token();
    for (const path of ['challenge', 'approve', 'deny']) {
      const url = `${here.gateway.url}/v1/approvals/${approval}/${path}`;
      const reply = await here.agent.send({ url, token, message: {} });
      expect(reply.status).toBeGreaterThanOrEqual(400);
    }
    expect(here.forwarded('pay')).toBe(1);
  });
});
