import { createHash } from 'node:crypto';
import { canonicalGrant, canonicalGroup } from '@countersign/core';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: TestApprover;
let agentId: string;

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
  agentId = house.context.platform.newId('agt');
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const ask = (to: string, call: Partial<TestCall> = {}) =>
  house.context.approvals.request(
    makeApprovalInput(house.context.platform, {
      ...{ ownerId: owner.id, agentId, arguments: { amount: 100, currency: 'EUR', to } },
      ...call,
    }),
  );
const find = ({ id }: Approval) => house.context.approvals.find(id);
const state = (approval: Approval) => find(approval)?.state;
const list = (...approvals: readonly Approval[]) =>
  approvals.map(({ id, actionDigest }) => ({ id, actionDigest }));

async function findGroup(approval: Approval): Promise<string> {
  const response = await house.fetch(`/v1/approvals/${approval.id}`, { headers: { cookie: ada.cookie } });
  return (await response.json()).groupId;
}

async function show(id: string, person: TestPerson = ada) {
  const response = await house.fetch(`/v1/approvals/groups/${id}`, { headers: { cookie: person.cookie } });
  return response.json();
}

describe('what is a group', () => {
  it('is what differs in arguments and task alone', async () => {
    const [one, two] = [await ask('a'), await ask('b')];
    const group = await findGroup(one);
    expect(await findGroup(two)).toBe(group);
    expect(await findGroup(await ask('c', { agentId: house.context.platform.newId('agt') }))).not.toBe(group);
    expect(await findGroup(await ask('d', { requirement: { withinSeconds: 300 } }))).not.toBe(group);
    const members: readonly Approval[] = (await show(group)).members;
    expect(new Set(members.map(({ id }) => id))).toEqual(new Set([one.id, two.id]));
  });

  it('never holds the gravest calls, nor one for which more was signed', async () => {
    expect(await findGroup(await ask('a', { requirement: { quorum: 2 } }))).toBeNull();
    const [one, two] = [await ask('b'), await ask('c')];
    const group = await findGroup(one);
    const wide = { grant: { uses: 2, expiresAt: clock.now() + 60_000 } };
    await sign(ada, two.id, wide);
    expect((await show(group)).members).toHaveLength(1);
  });

  it('holds 20 and says how many more wait', async () => {
    const asked: Approval[] = [];
    for (let at = 0; at < 22; at += 1) asked.push(await ask(`to-${at}`));
    const [first] = asked;
    if (first === undefined) throw new Error('none');
    const group = await show(await findGroup(first));
    expect(group.members).toHaveLength(20);
    expect(group.more).toBe(2);
    const { status } = await sign(ada, `groups/${group.id}`, { members: list(...asked) });
    expect(status).toBe(400);
  });

  it('is nothing where nothing waits', async () => {
    expect((await show('x'.repeat(22))).code).toBe('approval.group_not_found');
  });
});

describe('approving a group', () => {
  it('signs the digests in order, and each keeps what proves it alone', async () => {
    const asked = [await ask('a'), await ask('b'), await ask('c')];
    const [one, two, later] = asked as [Approval, Approval, Approval];
    const group = await findGroup(one);
    const answer = await sign(ada, `groups/${group}`, { members: list(two, one) });
    expect(answer.body).toEqual({
      decided: [
        { id: two.id, state: 'approved' },
        { id: one.id, state: 'approved' },
      ],
      leftOut: [],
    });
    expect([state(one), state(two), state(later)]).toEqual(['approved', 'approved', 'requested']);
    for (const approval of [one, two]) {
      const shown = await house.fetch(`/v1/approvals/${approval.id}`, { headers: { cookie: ada.cookie } });
      const [{ evidence }] = (await shown.json()).votes;
      expect(evidence.group).toBe(canonicalGroup([two.actionDigest, one.actionDigest]));
      const { challenge } = JSON.parse(Buffer.from(evidence.passkey.clientDataJson, 'base64url').toString());
      expect(challenge).toBe(createHash('sha256').update(evidence.group).digest('base64url'));
      await house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);
    }
  });

  it('leaves out what was decided or is over, and says which', async () => {
    const [one, two, three] = [await ask('a'), await ask('b', { taskSeconds: 60 }), await ask('c')];
    const group = await findGroup(one);
    const members = list(one, two, three);
    const { body } = await post(ada, `groups/${group}/challenge`, { members });
    const assertion = ada.passkey.assert(body.challenge ?? '');
    await post(ada, `${three.id}/deny`);
    clock.advance(61_000);
    const answer = await post(ada, `groups/${group}/approve`, { members, assertion });
    expect(answer.body.decided).toEqual([{ id: one.id, state: 'approved' }]);
    expect(answer.body.leftOut).toEqual([
      { id: two.id, code: 'approval.expired' },
      { id: three.id, code: 'approval.already_decided' },
    ]);
    expect([state(two), state(three)]).toEqual(['expired', 'denied']);
  });

  it('is refused for another list than was signed', async () => {
    const [one, two, three] = [await ask('a'), await ask('b'), await ask('c')];
    const group = await findGroup(one);
    const { body } = await post(ada, `groups/${group}/challenge`, { members: list(one, two) });
    const assertion = ada.passkey.assert(body.challenge ?? '');
    const send = (...members: readonly Approval[]) =>
      post(ada, `groups/${group}/approve`, { members: list(...members), assertion });
    for (const members of [[one, three], [two, one], [one], [one, two, three]])
      expect((await send(...members)).code).toBe('person.passkey_refused');
    const swapped = [
      { id: three.id, actionDigest: one.actionDigest },
      { id: two.id, actionDigest: two.actionDigest },
    ];
    const answer = await post(ada, `groups/${group}/approve`, { members: swapped, assertion });
    expect(answer.body.leftOut).toEqual([{ id: three.id, code: 'approval.digest_mismatch' }]);
    expect([state(one), state(three)]).toEqual(['requested', 'requested']);
  });

  it('is neither for drills nor for more than one call, which its page does not show', async () => {
    const [one, two] = [await ask('a'), await ask('b')];
    const group = await findGroup(one);
    const { signedAction } = await house.context.approvals.load(one.id);
    const granted = canonicalGrant(signedAction, {
      ...{ scope: 'task', toolDigest: 'd'.repeat(43), environment: 'production', effects: ['spend'] },
      ...{ free: [], atMost: [], origins: [], uses: 3, total: null, expiresAt: clock.now() + 60_000 },
    });
    const digest = createHash('sha256').update(granted).digest('base64url');
    const update = (set: object, { id }: Approval) =>
      test.store.sql.updateTable('approvals').set(set).where('id', '=', id).execute();
    await update({ signed_action: granted, action_digest: digest }, one);
    await update({ drill: 'drl_1' }, two);
    const members = [{ id: one.id, actionDigest: digest }, ...list(two)];
    const text = canonicalGroup(members.map(({ actionDigest }) => actionDigest));
    const assertion = ada.passkey.assert(createHash('sha256').update(text).digest('base64url'));
    const answer = await post(ada, `groups/${group}/approve`, { members, assertion });
    expect(answer.code).toBe('approval.group_changed');
    expect([state(one), state(two)]).toEqual(['requested', 'requested']);
  });

  it('cannot be replayed, nor used for one of them or for another group', async () => {
    const [one, two] = [await ask('a'), await ask('b')];
    const group = await findGroup(one);
    const members = list(one, two);
    const { body } = await post(ada, `groups/${group}/challenge`, { members });
    const assertion = ada.passkey.assert(body.challenge ?? '');
    expect((await post(ada, `${one.id}/approve`, { assertion })).code).toBe('person.passkey_refused');
    const other = await ask('c', { requirement: { withinSeconds: 300 } });
    const elsewhere = await post(ada, `groups/${await findGroup(other)}/approve`, {
      members,
      assertion,
    });
    expect(elsewhere.code).toBe('approval.group_changed');
    expect((await post(ada, `groups/${group}/approve`, { members, assertion })).status).toBe(200);
    expect((await post(ada, `groups/${group}/approve`, { members, assertion })).status).not.toBe(200);
    expect(state(other)).toBe('requested');
  });

  it('is for those who may approve each of them, and who list each once', async () => {
    const [one, two] = [await ask('a', { requesterId: ada.id }), await ask('b')];
    const requirement = { excluded: ['requester' as const] };
    const [mine, others] = [
      await ask('c', { requesterId: ada.id, requirement }),
      await ask('d', { requirement }),
    ];
    const answer = await sign(ada, `groups/${await findGroup(mine)}`, {
      members: list(mine, others),
    });
    expect(answer.code).toBe('approval.not_eligible');
    const auditor = await addTestApprover(house, createPasskey, ['auditor']);
    const refused = await sign(auditor, `groups/${await findGroup(one)}`, {
      members: list(one, two),
    });
    expect(refused.code).toBe('person.forbidden');
    const twice = await sign(ada, `groups/${await findGroup(one)}`, { members: list(one, one) });
    expect(twice.code).toBe('approval.group_changed');
  });
});

describe('denying a group', () => {
  it('denies each with the same reason', async () => {
    const [one, two] = [await ask('a'), await ask('b')];
    const group = await findGroup(one);
    const answer = await post(ada, `groups/${group}/deny`, {
      members: list(one, two),
      reason: 'not today',
    });
    expect(answer.body.decided).toHaveLength(2);
    expect([find(one)?.reason, find(two)?.reason]).toEqual(['not today', 'not today']);
    const again = await post(ada, `groups/${group}/deny`, { members: list(one) });
    expect(again.code).toBe('approval.group_changed');
  });
});
