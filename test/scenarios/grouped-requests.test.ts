import type { HttpReply } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPending, PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { confirmPay } from './ground/grant-calls.ts';
import { readGroup, signGroup } from './ground/sign-group.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
beforeAll(() => confirmPay(scene().gateway));
const went = (reply: HttpReply): boolean => isResult(reply) && !isPending(reply);

describe('approval.group', () => {
  it('lets each listed call go once, and none that came later', async () => {
    const { gateway, upstream, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const payments = ['DE00 1', 'DE00 2', 'DE00 3'].map((to) => ({ ...PAYMENT, to }));
    const ids: string[] = [];
    for (const payment of payments) ids.push(readAsked(await caller.call('pay', payment)));
    const group = await readGroup(gateway.administrator, ids[0] ?? '');
    expect(new Set(group.members.map(({ id }) => id))).toEqual(new Set(ids));
    const later = { ...PAYMENT, to: 'DE00 4' };
    await caller.call('pay', later);
    const answer = requireDone<{ decided: object[]; leftOut: object[] }>(
      await signGroup(gateway.administrator, group),
    );
    expect(answer.decided).toHaveLength(3);
    expect(answer.leftOut).toEqual([]);
    for (const payment of payments) expect(went(await caller.call('pay', payment))).toBe(true);
    for (const payment of [...payments, later]) expect(went(await caller.call('pay', payment))).toBe(false);
    expect(upstream.journal.calls('pay')).toHaveLength(3);
    const voted = await gateway.records({ kind: 'approval.voted', agent: caller.agentId });
    expect(new Set(voted.map(({ body }) => (body as { evidenceDigest: string }).evidenceDigest)).size).toBe(
      1,
    );
  });
});
