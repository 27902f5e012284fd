import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setRoles, suspendPerson } from '../../people/index.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';

type TestApprover = TestPerson & { readonly passkey: Passkey };

const clock = createManualClock();
const day = 86_400_000;
let test: TestStore;
let house: TestHouse;
let admin: TestPerson;
let fin: TestApprover;
let hal: TestApprover;
let eve: TestApprover;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  admin = await house.addPerson(['admin', 'owner']);
  fin = await addTestApprover(house, createPasskey, ['approver', 'finance']);
  hal = await addTestApprover(house, createPasskey);
  eve = await addTestApprover(house, createPasskey);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const propose = (wish: object = {}, person: TestPerson = fin) =>
  postAs(house, person, '/v1/approvals/duties', { holderId: hal.id, until: clock.now() + day, ...wish });

async function give(wish: object = {}) {
  const { body } = await propose(wish);
  const given = await signStep(house, fin, `/v1/approvals/duties/${body.id}`, 'sign');
  expect(given.status).toBe(200);
  return body.id;
}

const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(
    makeApprovalInput(house.context.platform, {
      ...{ ownerId: admin.id, ...call },
      requirement: { approvers: ['role:finance'], ...call.requirement },
    }),
  );
const approve = (approval: Approval, person: TestApprover) =>
  signStep(house, person, `/v1/approvals/${approval.id}`, 'approve');
const release = (approval: Approval) =>
  house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);

describe('the duty to approve', () => {
  it('ends also where the votes cannot be counted anew at once, and says so', async () => {
    await give();
    await approve(await ask(), hal);
    const { approvals, log, store } = house.context;
    const said = vi.spyOn(log, 'error');
    await store.transaction(async (tx) => {
      await approvals.endDuties(tx, fin.id, 'person.role_lost');
      vi.spyOn(store, 'transaction').mockRejectedValueOnce(new Error('the store is away'));
    });
    await vi.waitFor(() => expect(said).toHaveBeenCalledOnce());
    expect(said.mock.calls[0]?.[0]).toMatchObject({ person: hal.id });
  });

  it('is the holder’s once the giver has signed it, and for its time', async () => {
    expect((await approve(await ask(), hal)).code).toBe('approval.not_eligible');
    await give();
    const approval = await ask();
    expect(await approve(approval, hal)).toMatchObject({ status: 200, body: { state: 'approved' } });
    await release(approval);
    expect((await approve(await ask(), eve)).code).toBe('approval.not_eligible');
    clock.advance(day);
    expect((await approve(await ask(), hal)).code).not.toBe(undefined);
    expect(await house.kinds()).toContain('approval.duty_given');
  });

  it('covers no more than it names, and counts one of the two', async () => {
    await give({ names: ['legal'] });
    expect((await approve(await ask(), hal)).code).toBe('approval.not_eligible');
    await give();
    const approval = await ask({ requirement: { quorum: 2 } });
    expect((await approve(approval, hal)).body.state).toBe('requested');
    expect((await approve(approval, fin)).body.state).toBe('requested');
  });

  it('looks at both people where somebody is excluded', async () => {
    await give();
    const excluded = { requirement: { excluded: ['requester' as const] } };
    expect((await approve(await ask({ requesterId: fin.id, ...excluded }), hal)).code).toBe(
      'approval.not_eligible',
    );
    expect((await approve(await ask({ requesterId: hal.id, ...excluded }), hal)).code).toBe(
      'approval.not_eligible',
    );
  });

  it('is not handed on', async () => {
    await give();
    const { body } = await propose({ holderId: eve.id }, hal);
    await signStep(house, hal, `/v1/approvals/duties/${body.id}`, 'sign');
    expect((await approve(await ask(), eve)).code).toBe('approval.not_eligible');
  });

  it.each([
    ['ended', async (id: string) => void (await postAs(house, hal, `/v1/approvals/duties/${id}/end`, {}))],
    ['left by its giver', async () => void (await suspendPerson(house.context, admin.actor, fin.id))],
    ['left by its holder', async () => void (await suspendPerson(house.context, admin.actor, hal.id))],
    [
      'left without its role',
      async () =>
        void (await setRoles(house.context, admin.actor, { personId: fin.id, roles: ['approver'] })),
    ],
  ])('counts no more in what nobody has used yet when it is %s', async (_, end) => {
    const id = await give();
    const approval = await ask();
    await approve(approval, hal);
    await end(id);
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.insufficient' });
  });

  it('is signed by the giver alone, once, in time, for 30 days at most', async () => {
    const { body } = await propose();
    const path = `/v1/approvals/duties/${body.id}`;
    expect((await signStep(house, hal, path, 'sign')).code).toBe('approval.not_eligible');
    expect((await signStep(house, fin, path, 'sign')).status).toBe(200);
    expect((await signStep(house, fin, path, 'sign')).code).toBe('approval.duty_refused');
    const late = await propose();
    clock.advance(15 * 60_000);
    expect((await signStep(house, fin, `/v1/approvals/duties/${late.body.id}`, 'sign')).code).toBe(
      'approval.duty_refused',
    );
    expect((await propose({ until: clock.now() + 31 * day })).code).toBe('approval.duty_refused');
    expect((await propose({ holderId: fin.id })).code).toBe('approval.duty_refused');
    expect((await propose({ holderId: admin.id })).code).toBe('approval.duty_refused');
    expect((await propose({ giverId: fin.id }, eve)).code).toBe('person.forbidden');
  });
});
