import { type GrantedCall, type JsonObject, LONGEST_GRANT_MS } from '@countersign/core';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setRoles, suspendPerson } from '../../people/index.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { removePasskey } from '../../people/passkeys/change-passkey.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval, ApprovalInput } from '../approval-state.ts';
import { createApprovalState } from '../create-approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';
import type { AskedNow } from './grant-state.ts';

const clock = createManualClock();
const minute = 60_000;
const origins = new Set(['model'] as const);
const traces = [{ pointer: '/to', role: 'destination', worst: 'model', origins } as const];
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: TestApprover;
let bo: TestApprover;
let input: ApprovalInput;

interface TestApprover extends TestPerson {
  readonly passkey: Passkey;
}

const post = (person: TestPerson, path: string, input?: object) =>
  postAs(house, person, `/v1/approvals/${path}`, input);
const sign = (person: TestApprover, path: string, body?: object) =>
  signStep(house, person, `/v1/approvals/${path}`, 'approve', body);

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await addTestApprover(house, createPasskey);
  bo = await addTestApprover(house, createPasskey);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const ask = (call: Partial<TestCall> = {}) => {
  input = makeApprovalInput(house.context.platform, { ownerId: owner.id, seen: { traces }, ...call });
  return house.context.approvals.request(input);
};
const wish = (change: object = {}) => ({
  grant: { uses: 3, expiresAt: clock.now() + 10 * minute, ...change },
});
const give = (person: TestApprover, approval: Approval, change: object = {}) =>
  sign(person, approval.id, wish(change));
const grants = () => house.context.approvals.grants;
const asked = (change: Partial<AskedNow> = {}): AskedNow => ({
  requirement: input.requirement,
  tier: 2,
  ...change,
});

function callLike(change: Partial<GrantedCall> = {}, args: JsonObject = {}): GrantedCall {
  const { decision } = input;
  const given = { ...input.arguments, ...args };
  return {
    ...{
      agent: decision.agent.id,
      task: decision.task.id,
      target: 'payments',
      tool: 'refund',
      key: input.key,
    },
    ...{
      arguments: given,
      chain: decision.task.chainIds,
      toolDigest: 'd'.repeat(43),
      environment: 'production',
    },
    ...{ effects: ['spend'], origins: [{ pointer: '/to', role: 'destination', worst: 'model' }] },
    ...{ spend: { minor: Number(given.amount), currency: 'EUR' }, at: clock.now(), ...change },
  };
}

/** As the path does: take a place, then use it. */
async function pass(call: GrantedCall = callLike(), now: AskedNow = asked()): Promise<string> {
  const actionId = house.context.platform.newId('act');
  const claim = grants().claim(actionId, call, now);
  if (claim === null) return 'asks';
  return grants()
    .use({ approvalId: claim.approvalId, actionId, callDigest: 'c', call, asked: now, causes: [] })
    .then(
      () => 'passes',
      (error) => error.code,
    );
}

async function countUsed(approval: Approval): Promise<number | undefined> {
  const row = await test.store.sql
    .selectFrom('approval_grants')
    .select('used')
    .where('approval_id', '=', approval.id)
    .executeTakeFirst();
  return row?.used;
}

describe('giving', () => {
  it('signs the terms over the whole request, and counts the call at hand as the first', async () => {
    const approval = await ask();
    expect(await give(ada, approval)).toMatchObject({ status: 200, body: { state: 'approved' } });
    const shown = await house.fetch(`/v1/approvals/${approval.id}`, { headers: { cookie: ada.cookie } });
    const { signedAction, actionDigest, votes } = await shown.json();
    expect(JSON.parse(signedAction)).toMatchObject({
      type: 'countersign/grant/v1',
      arguments: input.arguments,
      grant: { uses: 3, scope: 'task', total: { minor: 372_000, currency: 'EUR' } },
    });
    const clientData = JSON.parse(
      Buffer.from(votes[0].evidence.passkey.clientDataJson, 'base64url').toString(),
    );
    expect(clientData.challenge).toBe(actionDigest);
    expect(await countUsed(approval)).toBe(1);
    expect(await house.kinds()).toContain('approval.grant_given');
    await house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);
    expect([await pass(), await pass(), await pass()]).toEqual(['passes', 'passes', 'asks']);
    expect(await countUsed(approval)).toBe(3);
  });

  it.each<[string, object, string]>([
    ['more than 8 hours', { expiresAt: Number.MAX_SAFE_INTEGER }, 'approval.grant_refused'],
    ['more money than so many calls', { totalMinor: 372_001 }, 'approval.grant_refused'],
    ['any recipient', { free: ['/to'] }, 'approval.grant_refused'],
    ['any currency', { free: ['/currency'] }, 'approval.grant_refused'],
    ['other tasks, which policy did not say', { scope: 'delegation' }, 'approval.grant_refused'],
    ['51 calls', { uses: 51 }, 'server.invalid_request'],
  ])('is refused for %s', async (_what, change, code) => {
    const approval = await ask();
    const { status, code: given } = await give(ada, approval, change);
    expect(status).toBe(400);
    if (code.startsWith('approval')) expect(given).toBe(code);
    expect(house.context.approvals.find(approval.id)?.state).toBe('requested');
  });

  it('is refused where policy says so, and for the gravest calls unless it allows them', async () => {
    expect((await give(ada, await ask({ requirement: { grant: 'no' } }))).code).toBe(
      'approval.grant_refused',
    );
    const two = await ask({ requirement: { quorum: 2 }, arguments: { amount: 1, currency: 'EUR', to: 'x' } });
    expect((await give(ada, two)).code).toBe('approval.grant_refused');
  });

  it('needs the same text from everybody: less asks those before again, more is refused', async () => {
    const approval = await ask({ requirement: { quorum: 2, grant: 'task' } });
    expect((await give(ada, approval)).body.state).toBe('requested');
    const at = clock.now() + 10 * minute;
    expect((await sign(bo, approval.id, { grant: { uses: 4, expiresAt: at } })).code).toBe(
      'approval.grant_wider',
    );
    // Without having been shown what the first signed.
    expect((await sign(bo, approval.id)).code).toBe('approval.digest_mismatch');
    expect((await sign(bo, approval.id, { grant: { uses: 2, expiresAt: at } })).body.state).toBe('requested');
    expect(house.context.approvals.find(approval.id)?.votes.map((vote) => vote.voter.person)).toEqual([
      bo.id,
    ]);
    const shown = house.context.approvals.find(approval.id)?.actionDigest;
    expect((await sign(ada, approval.id, { shown })).body.state).toBe('approved');
    await house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);
    const now = asked();
    expect([await pass(callLike(), now), await pass(callLike(), now)]).toEqual(['passes', 'asks']);
  });

  it('can be left at the one call by who signs later', async () => {
    const approval = await ask({ requirement: { quorum: 2, grant: 'task' } });
    const plain = approval.actionDigest;
    await give(ada, approval);
    expect((await sign(bo, approval.id, { grant: null })).body.state).toBe('requested');
    expect(house.context.approvals.find(approval.id)?.actionDigest).toBe(plain);
    // Who has signed for one call cannot be made to have signed for more.
    expect((await give(ada, approval)).code).toBe('approval.grant_wider');
    expect((await sign(ada, approval.id)).body.state).toBe('approved');
    expect(await countUsed(approval)).toBeUndefined();
    expect(await pass()).toBe('asks');
  });
});

describe('using', () => {
  it.each<[string, () => Promise<string>]>([
    ['another recipient', () => pass(callLike({}, { to: 'card_4422' }))],
    ['more', () => pass(callLike({}, { amount: 124_001 }))],
    ['another agent', () => pass(callLike({ agent: 'agt_2' }))],
    ['another task', () => pass(callLike({ task: 'tsk_2' }))],
    ['another key', () => pass(callLike({ key: 'other' }))],
    ['another tool', () => pass(callLike({ tool: 'refund_all' }))],
    ['a tool that changed', () => pass(callLike({ toolDigest: 'e'.repeat(43) }))],
    [
      'a policy that wants two people now',
      () => pass(callLike(), asked({ requirement: { ...input.requirement, quorum: 2 } })),
    ],
    [
      'a policy that wants others now',
      () => pass(callLike(), asked({ requirement: { ...input.requirement, approvers: ['role:cfo'] } })),
    ],
    [
      'a policy that wants each call asked for now',
      () => pass(callLike(), asked({ requirement: { ...input.requirement, grant: 'no' } })),
    ],
    ['a call that is graver now', () => pass(callLike(), asked({ tier: 3 }))],
  ])('asks for %s', async (_what, attempt) => {
    const approval = await ask();
    await give(ada, approval);
    expect(await attempt()).toBe('asks');
    expect(await countUsed(approval)).toBe(1);
  });

  it('is exact, whoever calls at the same moment', async () => {
    const approval = await ask();
    await give(ada, approval, { uses: 6 });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => pass()));
    expect(outcomes.filter((outcome) => outcome === 'passes')).toHaveLength(5);
    expect(new Set(outcomes)).toEqual(new Set(['passes', 'asks']));
    expect(await countUsed(approval)).toBe(6);
  });

  it('is exact also where memory forgot who is on the way', async () => {
    const approval = await ask();
    await give(ada, approval, { uses: 4 });
    const call = callLike();
    const use = () =>
      grants()
        .use({
          approvalId: approval.id,
          actionId: 'act_x',
          callDigest: 'c',
          call,
          asked: asked(),
          causes: [],
        })
        .then(
          () => 'passes',
          (error) => error.code,
        );
    const outcomes = await Promise.all(Array.from({ length: 10 }, use));
    expect(outcomes.filter((outcome) => outcome === 'passes')).toHaveLength(3);
    expect(new Set(outcomes)).toEqual(new Set(['passes', 'approval.grant_spent']));
    expect(await pass()).toBe('asks');
  });

  it('never spends more than all of it together', async () => {
    const approval = await ask();
    await give(ada, approval, { uses: 10, totalMinor: 200_000 });
    const outcomes = await Promise.all(
      [50_000, 30_000, 20_000].map((amount) => pass(callLike({}, { amount }))),
    );
    expect(outcomes).toEqual(['passes', 'asks', 'passes']);
    expect(await pass(callLike({}, { amount: 6_001 }))).toBe('asks');
    expect(await pass(callLike({}, { amount: 6_000 }))).toBe('passes');
  });

  it('survives a restart with what is left', async () => {
    const approval = await ask();
    await give(ada, approval);
    expect(await pass()).toBe('passes');
    const { log, platform, store } = house.context;
    const again = await createApprovalState({ log, platform, store, publicUrl: house.origin });
    const call = callLike();
    const claim = again.grants.claim('act_y', call, asked());
    expect(claim?.approvalId).toBe(approval.id);
    expect(again.grants.claim('act_z', call, asked())).toBeNull();
  });

  it('lasts past the time of one request, until its own end', async () => {
    const approval = await ask({ taskSeconds: 3 * 3_600 });
    await give(ada, approval, { expiresAt: clock.now() + 2 * 60 * minute });
    clock.advance(90 * minute);
    expect(await pass()).toBe('passes');
    clock.advance(30 * minute);
    expect(await pass()).toBe('asks');
    expect(LONGEST_GRANT_MS).toBe(8 * 60 * minute);
  });

  it('ends when who signed lost the role or left', async () => {
    const approval = await ask();
    await give(ada, approval);
    const cleo = await addTestApprover(house, createPasskey);
    await setRoles(house.context, owner.actor, { personId: ada.id, roles: ['auditor'] });
    await house.context.approvals.refreshVoter(ada.id);
    expect(await pass()).toBe('asks');
    const second = await ask();
    await give(cleo, second);
    await suspendPerson(house.context, owner.actor, cleo.id);
    expect(await pass()).toBe('asks');
  });

  it('ends when the passkey that signed it was removed', async () => {
    const approval = await ask();
    await give(ada, approval);
    const actionId = house.context.platform.newId('act');
    const [call, now] = [callLike(), asked()];
    const claim = grants().claim(actionId, call, now);
    expect(claim?.approvalId).toBe(approval.id);
    const { credentialId } = ada.passkey;
    await removePasskey(house.context, ada.actor, { credentialId });
    expect(await pass()).toBe('asks');
    // What was on its way already finds the same in the store.
    const use = { approvalId: approval.id, actionId, callDigest: 'c', call, asked: now, causes: [] };
    await expect(grants().use(use)).rejects.toMatchObject({ code: 'approval.insufficient' });
  });

  it('waits for a fresh signature where policy asks for another one than it did', async () => {
    const approval = await ask({ requirement: { freshSeconds: 60 } });
    await give(ada, approval);
    clock.advance(2 * minute);
    const atRisk = asked({ requirement: { ...input.requirement, freshSeconds: 30 } });
    expect(await pass()).toBe('passes');
    expect(await pass(callLike(), atRisk)).toBe('asks');
    expect(await pass(callLike(), asked({ requirement: { ...atRisk.requirement, freshSeconds: 120 } }))).toBe(
      'passes',
    );
  });

  it.each<['task' | 'agent' | 'owner' | 'delegation']>([['task'], ['agent'], ['owner'], ['delegation']])(
    'ends with its %s',
    async (scope) => {
      const approval = await ask();
      await give(ada, approval);
      const { decision } = input;
      const targets = {
        task: decision.task.id,
        agent: decision.agent.id,
        owner: owner.id,
        delegation: decision.task.chainIds[0] ?? '',
      };
      await house.context.approvals.cancel(scope, targets[scope], 'over');
      expect(await pass()).toBe('asks');
      expect((await house.kinds()).filter((kind) => kind === 'approval.grant_ended')).toHaveLength(1);
    },
  );

  it('ends when somebody denies the call that was not used yet', async () => {
    const approval = await ask();
    await give(ada, approval);
    expect((await post(bo, `${approval.id}/deny`)).body.state).toBe('denied');
    expect(await pass()).toBe('asks');
    expect(await house.kinds()).toContain('approval.grant_ended');
  });

  it('ends when it is taken back, and says so', async () => {
    const approval = await ask();
    await give(ada, approval);
    const list = async (filter: string) => {
      const response = await house.fetch(`/v1/approvals/grants?filter=${filter}`, {
        headers: { cookie: bo.cookie },
      });
      return (await response.json()).items;
    };
    expect(await list('active')).toMatchObject([
      { approvalId: approval.id, used: 1, uses: 3, totalMinor: 372_000 },
    ]);
    const auditor = await house.addPerson(['auditor']);
    expect((await post(auditor, `${approval.id}/grants/end`)).code).toBe('person.forbidden');
    expect((await post(bo, `${approval.id}/grants/end`, { reason: 'enough' })).status).toBe(200);
    expect((await post(bo, `${approval.id}/grants/end`)).code).toBe('approval.grant_not_found');
    expect(await pass()).toBe('asks');
    expect(await list('active')).toEqual([]);
    expect(await list('history')).toMatchObject([{ approvalId: approval.id, endReason: 'enough' }]);
  });

  it('is refused when the kept text was changed', async () => {
    const approval = await ask();
    await give(ada, approval);
    const { signed_action: text } = await test.store.sql
      .selectFrom('approvals')
      .select('signed_action')
      .where('id', '=', approval.id)
      .executeTakeFirstOrThrow();
    await test.store.sql
      .updateTable('approvals')
      .set({ signed_action: text.replace('"uses":3', '"uses":50') })
      .where('id', '=', approval.id)
      .execute();
    expect(await pass()).toBe('approval.digest_mismatch');
  });
});
