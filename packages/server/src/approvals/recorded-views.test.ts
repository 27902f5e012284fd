import { createManualClock, createPasskey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecords } from '../ledger/index.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { addTestApprover, signStep } from './add-test-approver.ts';
import { makeApprovalInput } from './make-approval-input.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let auditor: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  auditor = await house.addPerson(['auditor']);
});
afterEach(async () => {
  await house.close();
  await test.remove();
});

const get = async (path: string) =>
  (await house.fetch(`/v1/approvals${path}`, { headers: { cookie: auditor.cookie } })).status;

describe('reading.approvals: looking at one approval', () => {
  it('is on record with the approval and its receipt, once in five minutes', async () => {
    const owner = await house.addPerson(['owner']);
    const approver = await addTestApprover(house, createPasskey);
    const { id } = await house.context.approvals.request(
      makeApprovalInput(house.context.platform, { ownerId: owner.id }),
    );
    await signStep(house, approver, `/v1/approvals/${id}`, 'approve');
    for (const path of [`/${id}`, `/${id}`, `/${id}/receipt`, `/${id}/receipt/proof`, '?filter=all'])
      expect(await get(path)).toBe(200);
    const { items } = await findRecords(house.context, { kind: 'ledger.read', limit: 50 });
    const own = items.filter(({ body }) => body?.by === auditor.id);
    expect(own.map(({ body }) => body?.how).sort()).toEqual(['approvals', 'approvals', 'receipt']);
    expect(JSON.stringify(own)).toContain(id);
  });

  it('tells nothing of one that is not there', async () => {
    expect(await get('/apr_00000000000000000000000000')).toBe(404);
    expect(await house.kinds()).toEqual([]);
  });
});
