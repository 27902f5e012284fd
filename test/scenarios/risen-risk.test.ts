import { PLAIN_TOOLS, startPlainUpstream, type TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPending, PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const POLICY = `
@id("all")
permit (principal, action, resource);

@id("ask-before-pay")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action, resource == Countersign::Tool::"shop/pay");

@id("ask-at-risk")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m; not=owner,requester")
forbid (principal, action in Countersign::Action::"call", resource)
when { context.risk != "low" };

@id("refuse-at-high-risk")
forbid (principal, action in Countersign::Action::"call", resource)
when { principal.owner.risk == "high" };
`;

const scene = useScene({ upstream: () => startPlainUpstream({ tools: PLAIN_TOOLS }), policy: POLICY });

const setRisk = async (person: TestPerson, level: string): Promise<void> => {
  const input = { personId: person.id, level, reason: 'lost laptop' };
  requireDone(await scene().gateway.operator('POST', '/v1/signals/risks', input));
};

describe('signal.risk-bites', () => {
  let owner: TestPerson;
  let caller: Caller;
  beforeAll(async () => {
    const { gateway } = scene();
    owner = await gateway.invite('Somebody with an agent', ['owner', 'approver']);
    caller = createCaller(await gateway.enrol({ owner }), scene().url);
  });

  it('asks on the next call of a task that was let through a moment before', async () => {
    const { gateway, upstream } = scene();
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
    await setRisk(owner, 'medium');
    expect(isPending(await caller.call('echo', { text: 'one' }))).toBe(true);
    expect(upstream.journal.calls('echo')).toHaveLength(1);
    requireDone(await gateway.operator('POST', '/v1/signals/risks/clear', { personId: owner.id }));
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
  });

  it('lets an approval that was given and not yet used suffice no longer', async () => {
    const { gateway, upstream } = scene();
    const asked = readAsked(await caller.call('pay', PAYMENT));
    requireDone(await owner.decide(asked, 'approve'));
    await setRisk(owner, 'medium');
    const again = await caller.call('pay', PAYMENT);
    expect(isPending(again)).toBe(true);
    expect(readAsked(again)).not.toBe(asked);
    expect(upstream.journal.calls('pay')).toHaveLength(0);
    // Somebody else may, as the policy says.
    requireDone(await gateway.administrator.decide(readAsked(again), 'approve'));
    expect(isResult(await caller.call('pay', PAYMENT))).toBe(true);
    expect(upstream.journal.calls('pay')).toHaveLength(1);
  });

  it('refuses at high what was approved before', async () => {
    const { gateway, upstream } = scene();
    const other = { ...PAYMENT, amount: 7 };
    const asked = readAsked(await caller.call('pay', other));
    requireDone(await gateway.administrator.decide(asked, 'approve'));
    await setRisk(owner, 'high');
    expect(readRefusal(await caller.call('pay', other))).toBe('action.denied');
    expect(upstream.journal.calls('pay')).toHaveLength(1);
    const [decided] = await gateway.records({ kind: 'action.decision', agent: caller.agentId });
    expect(decided).toMatchObject({ body: { facts: { risks: [{ level: 'high', person: owner.id }] } } });
  });
});
