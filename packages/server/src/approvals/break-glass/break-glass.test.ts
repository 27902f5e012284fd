import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suspendPerson } from '../../people/index.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';

const reason = 'payments are down and nobody answers';
type TestApprover = TestPerson & { readonly passkey: Passkey };

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let admin: TestPerson;
let ira: TestApprover;
let rex: TestApprover;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  admin = await house.addPerson(['admin', 'owner']);
  ira = await addTestApprover(house, createPasskey, ['approver', 'incident']);
  rex = await addTestApprover(house, createPasskey, ['approver']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(
    makeApprovalInput(house.context.platform, {
      ownerId: admin.id,
      ...call,
      requirement: { quorum: 2, withinSeconds: 3600, breakGlass: ['role:incident'], ...call.requirement },
    }),
  );
const propose = (approval: Approval, person: TestPerson = ira, why = reason) =>
  postAs(house, person, '/v1/approvals/glass', { approvalId: approval.id, reason: why });
const release = (approval: Approval) =>
  house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);

async function breakIt(approval: Approval, person: TestApprover = ira) {
  const proposed = await propose(approval, person);
  return signStep(house, person, `/v1/approvals/glass/${proposed.body.id}`, 'sign');
}

describe('breaking the glass', () => {
  it('lets one named person through alone, once, for ten minutes, on the record', async () => {
    const approval = await ask();
    expect(await breakIt(approval)).toMatchObject({ status: 200, body: { state: 'approved' } });
    const held = house.context.approvals.find(approval.id);
    expect(held?.expiresAt).toBe(clock.now() + 600_000);
    await release(approval);
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
    const kinds = await house.kinds();
    expect(kinds.slice(-5)).toEqual([
      ...['approval.voted', 'approval.glass_broken', 'approval.granted'],
      ...['approval.receipt_issued', 'action.release'],
    ]);
  });

  it('is over after ten minutes', async () => {
    const approval = await ask();
    await breakIt(approval);
    clock.advance(600_000);
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.expired' });
  });

  it('needs a reason of at least 20 characters, and a policy that offers it', async () => {
    expect((await propose(await ask(), ira, 'urgent')).status).toBe(400);
    const plain = await house.context.approvals.request(
      makeApprovalInput(house.context.platform, { ownerId: admin.id }),
    );
    expect((await propose(plain)).code).toBe('approval.glass_not_offered');
  });

  it('is for nobody else, and not for the owner or the person the agent acts for unless policy says so', async () => {
    expect((await breakIt(await ask(), rex)).code).toBe('approval.not_eligible');
    expect((await breakIt(await ask({ ownerId: ira.id }))).code).toBe('approval.not_eligible');
    expect((await breakIt(await ask({ requesterId: ira.id }))).code).toBe('approval.not_eligible');
    const open = await ask({
      ownerId: ira.id,
      requirement: { excluded: ['owner'], ownerMayBreakGlass: true },
    });
    expect((await breakIt(open)).status).toBe(200);
  });

  it('signs its own text: no other assertion, and none of a request that was decided meanwhile', async () => {
    const approval = await ask();
    const { body } = await propose(approval);
    const path = `/v1/approvals/glass/${body.id}`;
    const other = await postAs(house, rex, `/v1/approvals/${approval.id}/challenge`, {});
    const assertion = ira.passkey.assert(other.body.challenge);
    expect((await postAs(house, ira, `${path}/sign`, { assertion })).code).toBe('person.passkey_refused');
    await postAs(house, rex, `/v1/approvals/${approval.id}/deny`, {});
    expect((await signStep(house, ira, path, 'sign')).code).toBe('approval.already_decided');
  });

  it('counts no more when the person is suspended before it is used', async () => {
    const approval = await ask();
    await breakIt(approval);
    await suspendPerson(house.context, admin.actor, ira.id);
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.insufficient' });
  });

  it('is reviewed within a day by somebody who had no part in it; until then who is late breaks none', async () => {
    const { body } = await propose(await ask());
    await signStep(house, ira, `/v1/approvals/glass/${body.id}`, 'sign');
    const path = `/v1/approvals/glass/${body.id}/review`;
    const finding = { finding: 'justified', note: 'it was' };
    const review = async (person: TestApprover) => {
      const begun = await postAs(house, person, `${path}/challenge`, finding);
      const assertion = person.passkey.assert(begun.body.challenge ?? '');
      return postAs(house, person, path, { ...finding, assertion });
    };
    expect((await review(ira)).code).toBe('approval.not_eligible');
    expect((await postAs(house, admin, `${path}/challenge`, finding)).code).toBe('approval.not_eligible');
    const { sql } = test.store;
    await sql.updateTable('approval_glass').set({ review_due_at: clock.now() }).execute();
    expect((await breakIt(await ask())).code).toBe('approval.glass_review_overdue');
    const begun = await postAs(house, rex, `${path}/challenge`, { ...finding, finding: 'not_justified' });
    const other = rex.passkey.assert(begun.body.challenge);
    expect((await postAs(house, rex, path, { ...finding, assertion: other })).code).toBe(
      'person.passkey_refused',
    );
    expect((await postAs(house, rex, path, finding)).status).toBe(400);
    expect(await review(rex)).toMatchObject({
      status: 200,
      body: { finding: 'justified', isOverdue: false },
    });
    expect((await review(rex)).code).toBe('approval.already_decided');
    expect((await breakIt(await ask())).status).toBe(200);
  });
});
