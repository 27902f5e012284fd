import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import type { ApprovalChannel, Delivery } from '../../plugins/approval-channel/approval-channel.ts';
import { createInboxChannel } from '../../plugins/approval-channel/inbox/create-inbox-channel.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { expireApprovals } from '../expire-approvals.ts';
import { makeApprovalInput } from '../make-approval-input.ts';
import { deliverCards } from './deliver-cards.ts';
import { createNoticeState } from './notice-state.ts';

type TestApprover = TestPerson & { readonly passkey: Passkey };

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let context: Context;
let owner: TestPerson;
let security: TestPerson;
let ira: TestApprover;
let awake: TestApprover;
let asleep: TestApprover;
let sent: Delivery[];

/** Reaches every person, and keeps what it is handed. */
const recorder: ApprovalChannel = {
  ...{ name: 'mail', kind: 'mail', reach: 'person', addresses: 'proven', shows: 'what-matters' },
  readAddress: (text) => text,
  async deliver(delivery) {
    sent.push(delivery);
    return { outcome: 'delivered', handle: 'h' };
  },
  async close() {},
};

beforeEach(async () => {
  clock.set(Date.UTC(2026, 2, 1, 12));
  sent = [];
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  security = await house.addPerson(['auditor', 'security']);
  await house.addPerson(['admin'], 'suspended');
  await house.addPerson(['auditor']);
  ira = await addTestApprover(house, createPasskey, ['approver', 'incident']);
  awake = await addTestApprover(house, createPasskey);
  asleep = await addTestApprover(house, createPasskey);
  await test.store.sql
    .updateTable('people')
    .set((row) => ({ email: row.ref('id') }))
    .execute();
  for (const { id } of [asleep, security])
    await test.store.sql
      .insertInto('quiet_hours')
      .values({ person_id: id, from_minute: 0, until_minute: 1380, time_zone: 'UTC' })
      .execute();
  const notices = await createNoticeState(async (tell) => {
    const inbox = createInboxChannel({ name: 'inbox', store: test.store, tell });
    return new Map([inbox, recorder].map((channel) => [channel.name, channel]));
  });
  const mail = {
    kind: 'mail',
    name: 'mail',
    accountAddresses: true,
    roles: ['admin', 'approver', 'auditor'],
  };
  const approvals = { channels: [mail], tellPerHour: 20 };
  const config = { ...house.context.config, approvals };
  context = { ...house.context, config, notices } as unknown as Context;
});

afterEach(async () => {
  await context.notices.close();
  await house.close();
  await test.remove();
});

const ask = () =>
  house.context.approvals.request(
    makeApprovalInput(house.context.platform, {
      ownerId: owner.id,
      requirement: { quorum: 2, withinSeconds: 3600, breakGlass: ['role:incident'] },
    }),
  );

async function breakGlass({ id }: Approval): Promise<void> {
  const reason = 'payments are down and nobody answers';
  const proposed = await postAs(house, ira, '/v1/approvals/glass', { approvalId: id, reason });
  const path = `/v1/approvals/glass/${proposed.body.id}`;
  expect(await signStep(house, ira, path, 'sign')).toMatchObject({ status: 200 });
}

async function deliver(): Promise<void> {
  for (;;) {
    await deliverCards(context);
    const under = [...context.notices.underWay.values()];
    if (under.length === 0) return;
    await Promise.all(under.map(({ done }) => done));
  }
}

const listTold = () => sent.map(({ to }) => to?.personId ?? '').sort();
const everybody = () => [owner, security, ira, awake, asleep].map(({ id }) => id).sort();

describe('the alarm of broken glass', () => {
  it('reaches all who were asked, administrators and security at once, quiet hours or not', async () => {
    const approval = await ask();
    await deliver();
    expect(listTold()).toEqual([ira.id, awake.id].sort());
    sent = [];
    await breakGlass(approval);
    await deliver();
    expect(listTold()).toEqual(everybody());
    const status = `Glass broken by Person ${ira.id.slice(-4)}, who let it through alone`;
    for (const { card } of sent)
      expect(card).toMatchObject({ news: 'glass_broken', status, isUrgent: true, isFinal: true });
    const inbox = await test.store.sql.selectFrom('inbox_cards').select('person_id').execute();
    expect(inbox.map((card) => card.person_id).sort()).toEqual(everybody());
  });

  it('reaches those whose attention was spent, and those who were told nothing yet', async () => {
    const approval = await ask();
    await test.store.sql
      .insertInto('approval_asks')
      .values({ approval_id: approval.id, person_id: awake.id, at: clock.now() })
      .execute();
    await breakGlass(approval);
    await deliver();
    expect(listTold()).toEqual(everybody());
  });

  it('is not silenced by the end of what it let through', async () => {
    const approval = await ask();
    await deliver();
    sent = [];
    await breakGlass(approval);
    clock.advance(600_000);
    await expireApprovals(house.context);
    await deliver();
    expect(listTold()).toEqual(everybody());
    for (const { card } of sent)
      expect(card).toMatchObject({
        isUrgent: true,
        status: expect.stringMatching(/^Glass broken by .*, not used in time$/),
      });
  });
});
