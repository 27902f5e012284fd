import { parseStepUp } from '@countersign/core';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { makeApprovalInput } from '../make-approval-input.ts';
import { escalateApprovals } from './escalate-approvals.ts';
import { setQuietHours } from './quiet-hours.ts';

const minute = 60_000;
type TestApprover = TestPerson & { readonly passkey: Passkey };

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: TestApprover;
let sec: TestApprover;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await addTestApprover(house, createPasskey, ['approver', 'finance']);
  sec = await addTestApprover(house, createPasskey, ['approver', 'security']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

function ask(stepUp = 'approvers=role:finance; within=1h; escalate=10m:role:security'): Promise<Approval> {
  const parsed = parseStepUp(stepUp);
  if (!parsed.ok) throw new Error(parsed.detail);
  const { requirement } = parsed;
  const wish = { ownerId: owner.id, taskSeconds: 3600, requirement };
  return house.context.approvals.request(makeApprovalInput(house.context.platform, wish));
}

const approve = (approval: Approval, person: TestApprover) =>
  signStep(house, person, `/v1/approvals/${approval.id}`, 'approve');
const listNews = async (approval: Approval) => {
  const rows = await test.store.sql
    .selectFrom('channel_news')
    .select('kind')
    .where('approval_id', '=', approval.id)
    .execute();
  return rows.map((row) => row.kind).sort();
};

describe('escalation', () => {
  it('lets further people decide after its time, and tells it once', async () => {
    const approval = await ask();
    await escalateApprovals(house.context);
    expect((await approve(approval, sec)).code).toBe('approval.not_eligible');
    clock.advance(10 * minute);
    await escalateApprovals(house.context);
    await escalateApprovals(house.context);
    expect(await listNews(approval)).toEqual(['asked', 'escalated']);
    expect(await house.kinds()).toEqual(['approval.requested', 'approval.escalated']);
    expect((await approve(approval, sec)).body.state).toBe('approved');
  });

  it('counts by time alone, also when nothing told of it yet', async () => {
    const approval = await ask();
    clock.advance(10 * minute - 1);
    expect((await approve(approval, sec)).code).toBe('approval.not_eligible');
    clock.advance(1);
    expect((await approve(approval, sec)).body.state).toBe('approved');
  });

  it('comes at once when nobody who may decide can be told', async () => {
    const hours = { from: '00:00', until: '23:59' };
    await setQuietHours(house.context, ada.actor, { personId: ada.id, hours });
    const approval = await ask();
    await escalateApprovals(house.context);
    expect(await listNews(approval)).toEqual(['asked', 'escalated']);
    expect((await approve(approval, sec)).body.state).toBe('approved');
    await house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);
    await expect(
      setQuietHours(house.context, ada.actor, { personId: sec.id, hours: null }),
    ).rejects.toMatchObject({ code: 'person.forbidden' });
  });

  it('reaches every request, however many wait, and whatever happens to one of them', async () => {
    const broken = await ask();
    await test.store.sql
      .updateTable('approvals')
      .set({ requirement: '{"escalation":' })
      .where('id', '=', broken.id)
      .execute();
    clock.advance(1);
    const { id: asked } = await ask();
    const row = await test.store.sql
      .selectFrom('approvals')
      .selectAll()
      .where('id', '=', asked)
      .executeTakeFirstOrThrow();
    // Told of already: they come first in every pass, and nothing is left to do for them.
    const settled = Array.from({ length: 200 }, () => {
      const id = house.context.platform.newId('apr');
      return { ...row, id, call_digest: id, escalated_steps: 1 };
    });
    await test.store.sql.insertInto('approvals').values(settled).execute();
    clock.advance(1);
    const last = await ask();
    clock.advance(10 * minute);
    await escalateApprovals(house.context);
    const told = await test.store.sql
      .selectFrom('channel_news')
      .select('approval_id')
      .where('kind', '=', 'escalated')
      .execute();
    expect(told.map((row) => row.approval_id).sort()).toEqual([asked, last.id].sort());
  });

  it('comes at once when nobody who may decide is left', async () => {
    const approval = await ask(
      'approvers=group:nobody; within=1h; escalate=10m:role:security,20m:role:finance',
    );
    await escalateApprovals(house.context);
    expect((await approve(approval, ada)).code).toBe('approval.not_eligible');
    expect((await approve(approval, sec)).body.state).toBe('approved');
  });
});
