import { beforeAll, describe, expect, it } from 'vitest';
import { isPending, PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { confirmPay, findGrant, grantCalls } from './ground/grant-calls.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
beforeAll(() => confirmPay(scene().gateway));

const enrol = async (): Promise<Caller> => createCaller(await scene().gateway.enrol(), scene().url);
const passed = async (caller: Caller, args: object = PAYMENT): Promise<boolean> => {
  const reply = await caller.call('pay', args);
  return isResult(reply) && !isPending(reply);
};

/** A caller whose payment waits for a person, and the approval. */
async function ask(): Promise<{ caller: Caller; approval: string }> {
  const caller = await enrol();
  return { caller, approval: readAsked(await caller.call('pay', PAYMENT)) };
}

async function give(grant: { uses: number; [name: string]: unknown } = { uses: 3 }) {
  const asked = await ask();
  requireDone(await grantCalls(scene().gateway.administrator, asked.approval, grant));
  return asked;
}

describe('approval.grant', () => {
  let caller: Caller;
  let approval: string;
  beforeAll(async () => {
    ({ caller, approval } = await give());
  });

  it('lets three calls to the same recipient pass and asks for the fourth', async () => {
    const before = scene().upstream.journal.calls('pay').length;
    expect(await passed(caller)).toBe(true);
    expect(await passed(caller, { ...PAYMENT, amount: 1 })).toBe(true);
    expect(await passed(caller)).toBe(true);
    const fourth = await caller.call('pay', PAYMENT);
    expect(readAsked(fourth)).not.toBe(approval);
    expect(scene().upstream.journal.calls('pay')).toHaveLength(before + 3);
  });

  it('leaves a record of each use with its number, linked to what was given', async () => {
    const { gateway } = scene();
    const records = await gateway.records({ approval });
    const [given] = records.filter(({ kind }) => kind === 'approval.grant_given');
    const releases = records.filter(({ kind }) => kind === 'action.release').toReversed();
    expect(given).toMatchObject({ body: { terms: { uses: 3, scope: 'task' } } });
    expect(releases.map(({ body }) => (body as { grant?: object }).grant)).toEqual([
      undefined,
      { number: 2, uses: 3 },
      { number: 3, uses: 3 },
    ]);
    for (const release of releases.slice(1)) expect(release.causes).toContain(given?.id);
  });

  it('is exact when calls race for it', async () => {
    const racing = await give({ uses: 5 });
    expect(await passed(racing.caller)).toBe(true);
    const before = scene().upstream.journal.calls('pay').length;
    const replies = await Promise.all(Array.from({ length: 12 }, () => racing.caller.call('pay', PAYMENT)));
    expect(scene().upstream.journal.calls('pay')).toHaveLength(before + 4);
    expect(replies.filter((reply) => isResult(reply) && !isPending(reply))).toHaveLength(4);
    expect(await findGrant(scene().gateway, racing.approval)).toMatchObject({ used: 5, uses: 5 });
  });
});

describe('approval.grant-preview', () => {
  it('shows which calls would have passed, and changes nothing', async () => {
    const { gateway } = scene();
    const earlier = await enrol();
    for (const payment of [PAYMENT, { ...PAYMENT, to: 'DE00 7777' }]) {
      requireDone(
        await gateway.administrator.decide(readAsked(await earlier.call('pay', payment)), 'approve'),
      );
      expect(await passed(earlier, payment)).toBe(true);
    }
    // Another task of the same agent.
    const { id: task } = await earlier.agent.openTask({ delegationId: earlier.delegation, purpose: 'Again' });
    const token = await earlier.agent.token({ task, resource: [scene().url] });
    const asked = readAsked(await earlier.call('pay', { ...PAYMENT, amount: 1500 }, { token }));
    const wish = { grant: { uses: 2, expiresAt: Date.now() + 60_000 } };
    const preview = () =>
      gateway.administrator.request('POST', `/v1/approvals/${asked}/grants/preview`, wish);
    const { past, terms } = requireDone<{ past: object; terms: string[] }>(await preview());
    expect(past).toMatchObject({ passes: 1, looked: 4, unknown: 0, reachedAt: null });
    expect((past as { calls: object[] }).calls).toMatchObject([
      { outcome: 'approved', withinCount: true, values: 'amount 1200' },
    ]);
    expect(terms.join('\n')).toContain('Up to 2 calls of shop/pay');
    const { json } = await gateway.administrator.request('GET', `/v1/approvals/${asked}`);
    expect(json).toMatchObject({ state: 'requested' });
    const stranger = await gateway.invite('Aud', ['auditor']);
    const refused = await stranger.request('POST', `/v1/approvals/${asked}/grants/preview`, wish);
    expect(refused.status).toBe(403);
  });
});

describe('approval.grant-ends', () => {
  it('when it is taken back', async () => {
    const { caller, approval } = await give();
    expect(await passed(caller)).toBe(true);
    requireDone(
      await scene().gateway.administrator.request('POST', `/v1/approvals/${approval}/grants/end`, {}),
    );
    expect(await passed(caller)).toBe(false);
    expect(await findGrant(scene().gateway, approval)).toBeUndefined();
  });

  it('when policy wants more, and not when it only changed', async () => {
    const { gateway } = scene();
    const { caller } = await give({ uses: 10 });
    requireDone(await gateway.activatePolicy(`${ASK_BEFORE_PAY}\n// the same\n`));
    expect(await passed(caller)).toBe(true);
    expect(await passed(caller)).toBe(true);
    for (const stricter of ['quorum=2', 'quorum=1; grant=no']) {
      requireDone(await gateway.activatePolicy(ASK_BEFORE_PAY.replace('quorum=1', stricter)));
      expect(await passed(caller)).toBe(false);
    }
    requireDone(await gateway.activatePolicy(ASK_BEFORE_PAY));
  });

  it('with a stop of its agent, also once that is lifted', async () => {
    const { gateway } = scene();
    const { caller } = await give({ uses: 10 });
    expect(await passed(caller)).toBe(true);
    const stop = { scope: 'agent', target: caller.agentId, reason: 'A look' };
    const { stop: made } = requireDone<{ stop: { id: string } }>(
      await gateway.operator('POST', '/v1/signals', stop),
    );
    expect(isResult(await caller.call('pay', PAYMENT))).toBe(false);
    requireDone(await gateway.operator('POST', `/v1/signals/${made.id}/lift`, { reason: 'Seen' }));
    expect(await passed(caller)).toBe(false);
  });

  it('never lets pass what somebody denied', async () => {
    const { gateway } = scene();
    const { caller } = await give({ uses: 10 });
    expect(await passed(caller)).toBe(true);
    const other = { ...PAYMENT, amount: PAYMENT.amount + 1 };
    await gateway.administrator.decide(readAsked(await caller.call('pay', other)), 'deny');
    expect(isResult(await caller.call('pay', other))).toBe(false);
  });
});

describe('approval.grant-restart', () => {
  it('keeps what is left through a kill', async () => {
    const { gateway } = scene();
    const { caller, approval } = await give();
    expect(await passed(caller)).toBe(true);
    expect(await passed(caller)).toBe(true);
    await gateway.restart();
    expect(await passed(caller)).toBe(true);
    expect(await passed(caller)).toBe(false);
    expect(await findGrant(gateway, approval)).toMatchObject({ used: 3, uses: 3 });
  });
});
