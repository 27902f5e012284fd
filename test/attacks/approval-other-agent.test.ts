import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult } from './ground/read-refusal.ts';
import { buildSide } from './ground/side.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.other-agent', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('is used by whoever names the right agent at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    const forged = [{ alg: 'none' }, { sub: naive.agent.agentId }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    expect(isResult(await pay(naive, undefined, { token: `${forged.join('.')}.` }))).toBe(true);
  });

  it('is of no use to another agent, nor to another task of the same, here', async () => {
    const { here } = ground();
    await here.gateway.administrator.decide(await askToPay(here), 'approve');
    const other = await here.gateway.enrol();
    const { agent, enrolled } = here;
    const { id: task } = await agent.openTask({ delegationId: enrolled.delegation, purpose: 'Another' });
    const elsewhere = await agent.token({ task, resource: [here.url] });
    const otherSide = buildSide({ ...here, agent: other.agent, token: other.token });
    expect(isPending(await pay(otherSide))).toBe(true);
    expect(isPending(await pay(here, undefined, { token: elsewhere }))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
  });
});
