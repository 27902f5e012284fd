import { describe, expect, it } from 'vitest';
import { confirmPay } from '../scenarios/ground/grant-calls.ts';
import { assertGroup, readGroup } from '../scenarios/ground/sign-group.ts';
import { askToPay, followNaiveLink, PAYMENT, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { useGround } from './ground/use-ground.ts';

const OTHERS = [1, 2, 3].map((amount) => ({ ...PAYMENT, amount }));

describe('approval.group-swapped', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('approves another payment at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive, OTHERS[0]));
    await pay(naive, OTHERS[1]);
    expect(naive.forwarded('pay')).toBe(1);
  });

  it('approves here what was listed, in its order, once', async () => {
    const { here } = ground();
    await confirmPay(here.gateway);
    const { administrator } = here.gateway;
    const ids: string[] = [];
    for (const payment of OTHERS) ids.push(await askToPay(here, payment));
    const whole = await readGroup(administrator, ids[0] ?? '');
    const [one, two, three] = whole.members as [
      (typeof whole.members)[0],
      (typeof whole.members)[0],
      (typeof whole.members)[0],
    ];
    const assertion = await assertGroup(administrator, { id: whole.id, members: [one, two] });
    const send = (members: readonly object[]) =>
      administrator.request('POST', `/v1/approvals/groups/${whole.id}/approve`, { members, assertion });
    const states = async () =>
      Promise.all(
        ids.map(async (id) => {
          const { json } = await administrator.request('GET', `/v1/approvals/${id}`);
          return (json as { state: string }).state;
        }),
      );
    for (const members of [[three], [one], [two, one], [one, three], [one, two, three]])
      expect((await send(members)).status).toBe(403);
    // The digests that were signed, under the ids of others.
    const renamed = [
      { ...one, id: three.id },
      { ...two, id: one.id },
    ];
    expect((await send(renamed)).status).toBe(409);
    const alone = await administrator.request('POST', `/v1/approvals/${one.id}/approve`, { assertion });
    expect(alone.status).toBe(403);
    expect(await states()).toEqual(['requested', 'requested', 'requested']);
    expect((await send([one, two])).status).toBe(200);
    expect((await send([one, two])).status).not.toBe(200);
    expect(await states()).toEqual(['approved', 'approved', 'requested']);
    expect(here.forwarded('pay')).toBe(0);
  });
});
