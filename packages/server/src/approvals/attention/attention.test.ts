import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs } from '../add-test-approver.ts';
import type { AmendmentInput, Approval } from '../approval-state.ts';
import { createApprovalState } from '../create-approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';
import { findAudience } from '../notices/find-audience.ts';
import { findAsked } from './spend-attention.ts';

const hour = 3_600_000;
const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: TestPerson & { readonly passkey: Passkey };

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await addTestApprover(house, createPasskey);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const makeInput = (call: Partial<TestCall> = {}) =>
  makeApprovalInput(house.context.platform, { ownerId: owner.id, ...call });
const ask = (call: Partial<TestCall> = {}) => house.context.approvals.request(makeInput(call));

const post = (person: TestPerson, approval: Approval, step: string, body?: object) =>
  postAs(house, person, `/v1/approvals/${approval.id}/${step}`, body);

async function approve(approval: Approval, reading?: object): Promise<void> {
  const { body } = await post(ada, approval, 'challenge');
  const assertion = ada.passkey.assert(body.challenge);
  expect((await post(ada, approval, 'approve', { assertion, ...(reading && { reading }) })).status).toBe(200);
}

const show = async (person: TestPerson) =>
  (await house.fetch('/v1/approvals/attention', { headers: { cookie: person.cookie } })).json();

describe('the budget of attention', () => {
  it('refuses to ask people who were asked enough in the last hour, and never lets through instead', async () => {
    const { log, platform, store } = house.context;
    const limited = await createApprovalState({
      ...{ log, platform, store, publicUrl: house.origin, asksPerHour: 2 },
    });
    await limited.request(makeInput());
    await limited.request(makeInput());
    await expect(limited.request(makeInput())).rejects.toMatchObject({ code: 'approval.people_overasked' });
    const open = await store.sql.selectFrom('approvals').select('id').execute();
    expect(open).toHaveLength(2);
    const bo = await addTestApprover(house, createPasskey);
    const third = await limited.request(makeInput());
    const asked = await store.sql
      .selectFrom('approval_asks')
      .select('person_id')
      .where('approval_id', '=', third.id)
      .execute();
    expect(asked).toEqual([{ person_id: bo.id }]);
    clock.advance(hour + 1);
    await limited.request(makeInput());
  });

  const open = (asksPerHour: number) => {
    const { log, platform, store } = house.context;
    return createApprovalState({ log, platform, store, publicUrl: house.origin, asksPerHour });
  };
  const listAsked = async ({ id }: Approval) => [...((await findAsked(house.context, id)) ?? [])];

  it('tells of what joins an open question those whom it asked, and spends nothing for it', async () => {
    const bo = await addTestApprover(house, createPasskey);
    const limited = await open(1);
    await limited.request(makeInput({ requirement: { approvers: [`person:${bo.id}`] } }));
    const agentId = house.context.platform.newId('agt');
    const joining = (to: string) =>
      limited.request(makeInput({ agentId, arguments: { amount: 100, currency: 'EUR', to } }));
    expect(await listAsked(await joining('a'))).toEqual([ada.id]);
    const joined = await joining('b');
    expect(await listAsked(joined)).toEqual([ada.id]);
    const told = await findAudience(house.context, await house.context.approvals.load(joined.id));
    expect(told.map(({ person }) => person.id)).toEqual([ada.id]);
    const spent = await house.context.store.sql
      .selectFrom('approval_asks')
      .select('person_id')
      .where('at', '>', clock.now() - hour)
      .execute();
    expect(spent.map((row) => row.person_id).sort()).toEqual([ada.id, bo.id].sort());
    // Whom the question asked cannot decide it any more: somebody else is asked in earnest, or nobody.
    await house.context.store.sql.deleteFrom('passkeys').where('person_id', '=', ada.id).execute();
    await expect(joining('c')).rejects.toMatchObject({ code: 'approval.people_overasked' });
  });

  it('is spent by changes of plans too, once for all that becomes one question', async () => {
    const limited = await open(1);
    const first = makeAmendment();
    const asked = await limited.requestAmendment(first);
    expect(await listAsked(asked)).toEqual([ada.id]);
    const [call] = first.calls;
    if (call === undefined) throw new Error('none');
    const wider = { ...first, calls: [{ ...call, callDigest: 'c2', tool: 'mail/draft' }] };
    expect((await limited.requestAmendment(wider)).id).toBe(asked.id);
    expect(await listAsked(asked)).toEqual([ada.id]);
    const news = await house.context.store.sql.selectFrom('channel_news').select('kind').execute();
    expect(news.map(({ kind }) => kind).sort()).toEqual(['asked', 'extended']);
    await expect(limited.requestAmendment(makeAmendment())).rejects.toMatchObject({
      code: 'approval.people_overasked',
    });
    // More of them must sign it now: somebody who was not asked yet, as far as there is attention.
    await addTestApprover(house, createPasskey);
    const stricter = { ...wider, calls: [{ ...call, callDigest: 'c3', tool: 'mail/move' }] };
    const requirement = { ...first.requirement, quorum: 2 };
    expect((await limited.requestAmendment({ ...stricter, requirement })).id).toBe(asked.id);
    expect(await listAsked(asked)).toHaveLength(2);
  });

  function makeAmendment(): AmendmentInput {
    const { decision, requirement, policyVersion, policyIds, key } = makeInput();
    const { effects, environment, dataDomain } = decision;
    return {
      ...{ agent: decision.agent, task: decision.task, key, by: 'call', actionId: '' },
      calls: [{ callDigest: 'c1', tool: 'mail/send', arguments: {}, traces: [] }],
      ...{ prompt: null, confirms: null, requirement, policyVersion, policyIds },
      ...{ about: { effects, environment, dataDomain }, personId: null, causes: [] },
    };
  }
});

describe('attention', () => {
  it('is shown to everybody of themselves, and to those who see all of it of everybody', async () => {
    await approve(await ask(), { milliseconds: 2_000, opened: 0 });
    clock.advance(10_000);
    const late = await ask();
    clock.advance(10_000);
    await approve(late, { milliseconds: 4_000, opened: 1 });
    const bo = await addTestApprover(house, createPasskey);
    await post(bo, await ask(), 'deny', {});
    const mine = await show(ada);
    expect(mine.people).toHaveLength(1);
    expect(mine.people[0]).toMatchObject({ person: ada.id, approved: 2, denied: 0, regretted: 0 });
    const all = await show(owner);
    expect(all.people.map(({ person }: { person: string }) => person).sort()).toEqual([ada.id, bo.id].sort());
    const nobody = await house.addPerson(['owner']);
    expect((await show(nobody)).code).toBe('person.forbidden');
  });

  it('keeps the first regret of whoever approved, and nobody else’s', async () => {
    const approval = await ask();
    expect((await post(ada, approval, 'regret', { reason: 'too early' })).body.code).toBe(
      'approval.not_eligible',
    );
    await approve(approval);
    expect((await post(owner, approval, 'regret', { reason: 'not mine' })).status).toBe(403);
    expect((await post(ada, approval, 'regret', { reason: 'wrong account' })).status).toBe(200);
    expect((await post(ada, approval, 'regret', { reason: 'again' })).status).toBe(200);
    expect((await house.kinds()).filter((kind) => kind === 'approval.regretted')).toHaveLength(1);
    expect((await show(ada)).people[0]).toMatchObject({ regretted: 1 });
  });
});
