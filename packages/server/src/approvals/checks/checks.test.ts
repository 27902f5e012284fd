import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval, ApprovalInput } from '../approval-state.ts';
import { createApprovalState } from '../create-approval-state.ts';
import { expireApprovals } from '../expire-approvals.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';
import { findAudience } from '../notices/find-audience.ts';
import { writeApprovalCard } from '../notices/write-card.ts';
import type { StoredApproval } from '../read-approval.ts';
import { escalateApprovals } from '../routing/index.ts';
import { endDrillApprovals } from '../show-drill-approval.ts';
import { readWeek, weekMilliseconds } from './plan-checks.ts';
import { sendDueChecks } from './send-due-checks.ts';

const hour = 3_600_000;
const day = 24 * hour;
const reason = 'Wrong recipient: this card is not of the customer';
type Approver = TestPerson & { readonly passkey: Passkey };

let clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: Approver;
let bo: Approver;
let agentId: string;

beforeEach(async () => {
  clock = createManualClock();
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: () => clock.now(), fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await addTestApprover(house, createPasskey);
  bo = await addTestApprover(house, createPasskey);
  agentId = await addAgent();
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

async function addAgent(): Promise<string> {
  const id = house.context.platform.newId('agt');
  const made = { created_at: clock.now(), changed_at: clock.now() };
  await test.store.sql
    .insertInto('agents')
    .values({
      ...{ id, name: `refund-bot-${id.slice(-6)}`, owner_id: owner.id, purpose: 'refunds', ...made },
      ...{ environment: 'production', state: 'active' },
    })
    .execute();
  return id;
}

const makeInput = (call: Partial<TestCall> = {}): ApprovalInput =>
  makeApprovalInput(house.context.platform, { ownerId: owner.id, agentId, ...call });
const ask = (call: Partial<TestCall> = {}) => house.context.approvals.request(makeInput(call));

/** Time in which nobody has to sign in again. */
async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  const now = clock.now();
  await sql`UPDATE sessions SET created_at = ${now}, verified_at = ${now}, expires_at = ${now + hour}`.execute(
    test.store.sql,
  );
}

async function refuse(call: Partial<TestCall> = {}, why: string | null = reason): Promise<Approval> {
  const approval = await ask(call);
  const { status } = await postAs(house, ada, `/v1/approvals/${approval.id}/deny`, { reason: why });
  expect(status).toBe(200);
  await pass(hour);
  return approval;
}

function open(seededChecks = 1, more: Partial<Context['config']['approvals']> = {}): Context {
  const { config } = house.context;
  return {
    ...house.context,
    config: { ...config, approvals: { ...config.approvals, seededChecks, ...more } },
  };
}

/** One more is due for the person now. */
async function comeDue(person = bo): Promise<void> {
  const now = clock.now();
  await test.store.sql
    .insertInto('approval_check_plans')
    .values({ person_id: person.id, week: readWeek(now), position: 0, due_at: now, settled_at: null })
    .onConflict((row) =>
      row.columns(['person_id', 'week', 'position']).doUpdateSet({ due_at: now, settled_at: null }),
    )
    .execute();
}

async function send(context = open(), person = bo): Promise<StoredApproval | undefined> {
  await comeDue(person);
  await sendDueChecks(context);
  const [row] = await test.store.sql
    .selectFrom('approvals')
    .select('id')
    .where('check_person_id', '=', person.id)
    .where('state', '=', 'requested')
    .execute();
  return row === undefined ? undefined : house.context.approvals.load(row.id);
}

async function sendOne(context = open()): Promise<StoredApproval> {
  const check = await send(context);
  if (check === undefined) throw new Error('nobody was checked');
  return check;
}

async function read(person: TestPerson, path: string) {
  const response = await house.fetch(path, { headers: { cookie: person.cookie } });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, json: isJson ? JSON.parse(text) : null };
}

const approve = (check: { id: string }, person = bo) =>
  signStep(house, person, `/v1/approvals/${check.id}`, 'approve');
const deny = (check: { id: string }, person = bo) =>
  postAs(house, person, `/v1/approvals/${check.id}/deny`, { reason: 'no' });
const figures = async (person: TestPerson) =>
  (await read(person, '/v1/approvals/attention')).json.checks.people;
const listKinds = async () => (await house.kinds()).filter((kind) => kind.startsWith('approval.'));
const countReleases = async () => (await house.kinds()).filter((kind) => kind === 'action.release').length;

/** The same words with every value replaced by its kind. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
}

/** Ids, digests, times and codes differ between any two requests; nothing else may. */
const blank = (text: string) =>
  text
    .replace(/\b([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}/g, '$1_')
    .replace(/[A-Za-z0-9_-]{43}/g, '#')
    .replace(/(nonce|groupId)((?:\\?"|&quot;):(?:\\?"|&quot;))[\w-]{22}/g, '$1')
    .replace(/\d{13}/g, 'at')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC|\d\d:\d\d:\d\d/g, 'at')
    .replace(/Match code on the agent's screen: <b>\d\d/, 'code')
    .replace(/matchCode":"\d\d/g, 'code');

describe('whether anybody is checked', () => {
  it('is for the organisation to say: by itself nobody is', async () => {
    await refuse();
    expect(house.context.config.approvals.seededChecks).toBe(0);
    expect(await send(house.context)).toBeUndefined();
  });

  it('shows again what somebody else really refused, with the words of then', async () => {
    const source = await refuse();
    const check = await sendOne();
    const before = await house.context.approvals.load(source.id);
    expect(check).toMatchObject({
      ...{ kind: 'call', state: 'requested', checkPersonId: bo.id, checkOf: source.id, agentId },
      ...{ upstream: before.upstream, tool: before.tool, requirement: before.requirement },
    });
    const { arguments: args } = JSON.parse(before.signedAction);
    expect(JSON.parse(check.signedAction).arguments).toEqual(args);
    expect(check.presented.sentence).toEqual(before.presented.sentence);
    expect(check.expiresAt - check.requestedAt).toBe(before.expiresAt - before.requestedAt);
    expect([check.taskId, check.actionId, check.callDigest]).not.toContain(before.taskId);
    expect(check.callDigest).not.toBe(before.callDigest);
    expect(await listKinds()).toContain('approval.check_sent');
  });

  it.each<[string, Partial<TestCall>, string | null]>([
    ['of several people', { requirement: { quorum: 2 } }, reason],
    ['without a reason', {}, null],
    ['for its hour', {}, 'Not now: tomorrow'],
    ['that offers to break glass', { requirement: { breakGlass: ['role:approver'] } }, reason],
    ['of people in turn', { requirement: { each: ['role:approver'] } }, reason],
    ['with hardly any time', { requirement: { withinSeconds: 30 } }, reason],
  ])('shows nothing again that was refused %s', async (_, call, why) => {
    await refuse(call, why);
    expect(await send()).toBeUndefined();
  });

  it('asks nobody who refused it, is barred from it, or has seen it as a check', async () => {
    await refuse();
    expect(await send(open(), ada)).toBeUndefined();
    const check = await sendOne();
    await deny(check);
    await pass(hour);
    expect(await send()).toBeUndefined();
    const own = await addTestApprover(house, createPasskey, ['owner', 'approver']);
    await test.store.sql.updateTable('agents').set({ state: 'suspended' }).execute();
    agentId = await addAgent();
    await refuse({ ownerId: own.id, requirement: { excluded: ['owner'] } });
    await refuse({ requesterId: own.id, requirement: { excluded: ['requester'] } });
    expect(await send(open(), own)).toBeUndefined();
    expect((await send(open(), bo))?.checkPersonId).toBe(bo.id);
  });

  it('asks nobody who could not decide it in earnest', async () => {
    await refuse({ requirement: { approvers: [`person:${ada.id}`] } });
    expect(await send()).toBeUndefined();
    await refuse();
    await test.store.sql.deleteFrom('passkeys').where('person_id', '=', bo.id).execute();
    expect(await send()).toBeUndefined();
  });

  it('shows nothing of an agent that is gone', async () => {
    await refuse();
    await test.store.sql
      .updateTable('agents')
      .set({ state: 'suspended' })
      .where('id', '=', agentId)
      .execute();
    expect(await send()).toBeUndefined();
  });

  it('leaves people in peace who are quiet, have something to decide, or were asked enough', async () => {
    await refuse();
    await test.store.sql
      .insertInto('quiet_hours')
      .values({ person_id: bo.id, from_minute: 0, until_minute: 1439, time_zone: 'UTC' })
      .execute();
    expect(await send()).toBeUndefined();
    await test.store.sql.deleteFrom('quiet_hours').execute();
    const real = await ask();
    expect(await send()).toBeUndefined();
    await deny(real);
    expect(await send(open(1, { asksPerHour: 1 }))).toBeUndefined();
    const check = await sendOne();
    const spent = await test.store.sql
      .selectFrom('approval_asks')
      .select(['person_id', 'at'])
      .where('approval_id', '=', check.id)
      .execute();
    expect(spent).toEqual([{ person_id: bo.id, at: clock.now() }]);
  });
});

describe('when people are checked', () => {
  it('is drawn, and never more than so often in a week, however many look', async () => {
    for (let n = 0; n < 12; n += 1) await refuse({ arguments: { amount: n + 1, currency: 'EUR', to: 'x' } });
    const start = (readWeek(clock.now()) + 1) * weekMilliseconds;
    clock.advance(start - clock.now());
    const context = open(2);
    await Promise.all([sendDueChecks(context), sendDueChecks(context)]);
    const plans = await test.store.sql.selectFrom('approval_check_plans').selectAll().execute();
    expect(plans).toHaveLength(4);
    expect(new Set(plans.map((plan) => plan.due_at)).size).toBe(4);
    for (let n = 0; n < 7 * 24 - 1; n += 1) {
      await pass(hour);
      await Promise.all([sendDueChecks(context), sendDueChecks(context)]);
      await expireApprovals(house.context);
    }
    const sent = await test.store.sql
      .selectFrom('approvals')
      .select(['check_person_id', 'requested_at'])
      .where('check_person_id', 'is not', null)
      .execute();
    expect(sent.filter((row) => row.check_person_id === bo.id).length).toBeLessThanOrEqual(2);
    expect(sent.filter((row) => row.check_person_id === bo.id).length).toBeGreaterThan(0);
    clock.advance(day);
    await sendDueChecks(context);
    const weeks = await test.store.sql.selectFrom('approval_check_plans').select('week').distinct().execute();
    expect(weeks).toEqual([{ week: readWeek(clock.now()) }]);
  }, 60_000);

  it('asks nobody at once when it is switched on in the middle of a week', async () => {
    await refuse();
    clock.advance((readWeek(clock.now()) + 1) * weekMilliseconds - clock.now() - 1);
    await sendDueChecks(open(7));
    expect(await listKinds()).not.toContain('approval.check_sent');
  });
});

describe('an open check', () => {
  it('cannot be told from a real request', async () => {
    await refuse();
    await pass(25 * hour);
    const real = await house.context.approvals.load((await ask()).id);
    const shown = await read(bo, `/v1/approvals/${real.id}`);
    const page = await read(bo, `/approvals/${real.id}`);
    const listed = await read(bo, '/v1/approvals?filter=mine');
    await deny(real);
    await pass(25 * hour);
    const check = await sendOne();
    const own = await read(bo, `/v1/approvals/${check.id}`);
    const ownPage = await read(bo, `/approvals/${check.id}`);
    const ownList = await read(bo, '/v1/approvals?filter=mine');
    expect(check.id).toMatch(/^apr_[0-9A-Z]{26}$/);
    expect(shapeOf(own.json)).toEqual(shapeOf(shown.json));
    expect(shapeOf(ownList.json)).toEqual(shapeOf(listed.json));
    expect(own.json).toMatchObject({ drill: null, check: null, standing: shown.json.standing });
    expect(blank(own.text)).toBe(blank(shown.text));
    expect(blank(ownPage.text)).toBe(blank(page.text));
    expect(ownPage.text.length).toBe(page.text.length);
    expect(ownPage.text).not.toMatch(/chk_|a check/i);
    const card = (one: StoredApproval) => ({
      ...writeApprovalCard('crd', one, 'asked', 'l'),
      approvalId: '',
      deadline: 0,
      matchCode: '',
    });
    expect(card(check)).toEqual(card(real));
  });

  it('is seen by nobody else', async () => {
    await refuse();
    const events: string[] = [];
    house.context.approvals.onAnyChange(({ id }) => events.push(id));
    const check = await sendOne();
    expect(events).toEqual([check.id]);
    for (const other of [ada, owner]) {
      for (const filter of ['mine', 'all', 'history'])
        expect((await read(other, `/v1/approvals?filter=${filter}`)).text).not.toContain(check.id);
      for (const path of [`/v1/approvals/${check.id}`, `/v1/approvals/${check.id}/receipt`])
        expect((await read(other, path)).json.code).toBe('approval.not_found');
      expect((await read(other, `/approvals/${check.id}`)).status).toBe(404);
    }
    const attempts: readonly (readonly [string, object])[] = [
      [`${check.id}/challenge`, {}],
      [`${check.id}/deny`, {}],
      [`${check.id}/regret`, { reason: 'mine' }],
      ['glass', { approvalId: check.id, reason: 'nobody else can be waited for' }],
    ];
    for (const [path, input] of attempts)
      expect((await postAs(house, ada, `/v1/approvals/${path}`, input)).code).toBe('approval.not_found');
    const assertion = ada.passkey.assert(check.actionDigest);
    const forged = await postAs(house, ada, `/v1/approvals/${check.id}/approve`, { assertion });
    expect(forged.code).toBe('approval.not_found');
    const audience = await findAudience(house.context, check);
    expect(audience.map(({ person }) => person.id)).toEqual([bo.id]);
    expect(await figures(bo)).toEqual([]);
    await deny(check);
    expect((await read(owner, `/v1/approvals/${check.id}`)).status).toBe(404);
    expect((await read(ada, '/v1/approvals?filter=history')).text).not.toContain(check.id);
    expect((await read(bo, '/v1/approvals?filter=history')).text).toContain(check.id);
  });

  it('is escalated to nobody, and ends with no drill', async () => {
    await refuse({ requirement: { escalation: [{ afterSeconds: 60, approvers: ['role:admin'] }] } });
    const check = await sendOne();
    clock.advance(120_000);
    await escalateApprovals(open());
    await endDrillApprovals(house.context);
    expect((await house.context.approvals.load(check.id)).state).toBe('requested');
    expect(await listKinds()).not.toContain('approval.escalated');
  });

  it('takes no room of the agent’s own requests', async () => {
    const source = await refuse();
    await sendOne();
    const input = makeInput({ taskId: source.taskId, arguments: { amount: 1, currency: 'EUR', to: 'y' } });
    expect((await house.context.approvals.request(input)).drill).toBeNull();
  });
});

describe('a yes to a check', () => {
  it('is told at once, and lets nothing happen, however the same call comes', async () => {
    const first = makeInput({ taskSeconds: 86_400 });
    const source = await house.context.approvals.request(first);
    await postAs(house, ada, `/v1/approvals/${source.id}/deny`, { reason });
    await pass(hour);
    const check = await sendOne();
    const answered = await approve(check);
    expect(answered).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    const page = await read(bo, `/approvals/${check.id}`);
    expect(page.text).toContain('This was a check');
    expect(page.text).toContain('You approved it');
    expect(page.text).toContain(reason);
    const { approvals } = house.context;
    await expect(approvals.release(check.id, first.actionId, [])).rejects.toMatchObject({
      code: 'approval.is_drill',
    });
    expect(approvals.findForCall(first.callDigest)?.id).toBe(source.id);
    expect(approvals.findForCall(check.callDigest)).toBeUndefined();
    expect(approvals.find(check.id)).toBeUndefined();
    const again = await approvals.request({ ...first, actionId: house.context.platform.newId('act') });
    expect(again).toMatchObject({ state: 'requested', drill: null });
    expect(again.id).not.toBe(check.id);
    expect(await countReleases()).toBe(0);
    expect(await listKinds()).not.toContain('approval.granted');
    expect(await listKinds()).toContain('approval.check_answered');
  });

  it('is no approval that any program could spend: the database refuses the state itself', async () => {
    await refuse();
    const check = await sendOne();
    for (const state of ['approved', 'released'] as const)
      await expect(
        test.store.sql.updateTable('approvals').set({ state }).where('id', '=', check.id).execute(),
      ).rejects.toThrow();
  });

  it('leaves no receipt and no grant, even where a grant was signed', async () => {
    await refuse();
    const check = await sendOne();
    const path = `/v1/approvals/${check.id}`;
    const grant = { uses: 3, expiresAt: clock.now() + 300_000, exact: true };
    const preview = await postAs(house, bo, `${path}/grants/preview`, { grant });
    expect(preview.status).toBe(200);
    const given = { grant, shown: check.actionDigest };
    const challenge = await postAs(house, bo, `${path}/challenge`, given);
    expect(challenge.code).toBeUndefined();
    const assertion = bo.passkey.assert(challenge.body.challenge);
    expect((await postAs(house, bo, `${path}/approve`, { assertion, ...given })).status).toBe(200);
    expect(await test.store.sql.selectFrom('approval_grants').selectAll().execute()).toEqual([]);
    const receipts = await test.store.sql.selectFrom('approval_receipts').select('approval_id').execute();
    expect(receipts.map((row) => row.approval_id)).not.toContain(check.id);
    expect((await house.context.approvals.load(check.id)).signedAction).not.toContain('countersign/grant');
  });

  it('is as empty when it is signed as a group of one', async () => {
    await refuse();
    const real = await house.context.approvals.load((await ask()).id);
    const path = (id: string | null) => `/v1/approvals/groups/${id}`;
    const shown = await read(bo, path(real.groupId));
    await deny(real);
    const check = await sendOne();
    expect(check.groupId).not.toBe(real.groupId);
    expect(shapeOf((await read(bo, path(check.groupId))).json)).toEqual(shapeOf(shown.json));
    expect((await read(ada, path(check.groupId))).json.code).toBe('approval.group_not_found');
    const members = [{ id: check.id, actionDigest: check.actionDigest }];
    const begun = await postAs(house, bo, `${path(check.groupId)}/challenge`, { members });
    const assertion = bo.passkey.assert(begun.body.challenge);
    const done = await postAs(house, bo, `${path(check.groupId)}/approve`, { members, assertion });
    expect(done.body).toMatchObject({ decided: [{ id: check.id, state: 'cancelled' }] });
    expect(await figures(bo)).toMatchObject([{ missed: 1 }]);
    expect(await countReleases()).toBe(0);
  });

  it('stays without effect over a restart, and is answered once', async () => {
    await refuse();
    const check = await sendOne();
    const { log, platform, store } = house.context;
    const both = await Promise.all([approve(check), approve(check)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await approve(check)).status).toBe(409);
    const restarted = await createApprovalState({ log, platform, store, publicUrl: house.origin });
    expect(restarted.find(check.id)).toBeUndefined();
    expect(restarted.findForCall(check.callDigest)).toBeUndefined();
    expect((await listKinds()).filter((kind) => kind === 'approval.check_answered')).toHaveLength(1);
  });

  it('cannot be regretted, and is nobody’s voting record', async () => {
    await refuse();
    const check = await sendOne();
    await approve(check);
    expect((await postAs(house, bo, `/v1/approvals/${check.id}/regret`, { reason: 'r' })).code).toBe(
      'approval.is_drill',
    );
    const { json } = await read(owner, '/v1/approvals/attention');
    expect(json.people.map(({ person }: { person: string }) => person)).toEqual([ada.id]);
    expect(await figures(owner)).toMatchObject([{ person: bo.id, missed: 1, caught: 0 }]);
    expect(await figures(bo)).toMatchObject([{ person: bo.id, missed: 1 }]);
    expect(await figures(ada)).toEqual([]);
    expect((await read(bo, '/approvals/checks')).text).toContain('You approved it');
    expect((await read(ada, '/approvals/checks')).text).not.toContain(check.id);
    const after = await house.context.approvals.load(check.id);
    expect(writeApprovalCard('crd', after, 'decided', 'l').status).not.toMatch(/approved|refused/);
  });
});

describe('a check that ends otherwise', () => {
  it('is caught by a refusal, which the agent never pays for', async () => {
    for (let n = 0; n < 4; n += 1) await refuse({ arguments: { amount: n + 1, currency: 'EUR', to: 'x' } });
    for (let n = 0; n < 4; n += 1) {
      expect((await deny(await sendOne())).status).toBe(200);
      await pass(60_000);
    }
    const suspended = (await house.kinds()).filter((kind) => kind === 'agent.state_changed');
    expect(suspended).toHaveLength(0);
    expect(await figures(bo)).toMatchObject([{ caught: 4, missed: 0, unanswered: 0 }]);
    expect((await listKinds()).filter((kind) => kind === 'approval.denied')).toHaveLength(4);
  });

  it('counts for nothing when nobody answered', async () => {
    await refuse();
    const check = await sendOne();
    await pass(hour);
    expect((await read(bo, `/v1/approvals/${check.id}`)).json.check).toEqual({
      outcome: 'unanswered',
      reason,
    });
    await expireApprovals(house.context);
    expect(await figures(bo)).toMatchObject([{ unanswered: 1, missed: 0, caught: 0 }]);
    expect((await approve(check)).code).toBe('approval.expired');
    expect(await listKinds()).not.toContain('approval.expired');
  });

  it.each(['agent', 'owner', 'person'] as const)('is withdrawn when its %s ends', async (whose) => {
    await refuse();
    const check = await sendOne();
    const target = { agent: agentId, owner: owner.id, person: bo.id }[whose];
    await house.context.approvals.cancel(whose === 'agent' ? 'agent' : 'owner', target, 'ended');
    expect((await house.context.approvals.load(check.id)).state).toBe('cancelled');
    expect(await figures(owner)).toMatchObject([{ withdrawn: 1 }]);
    expect((await approve(check)).status).toBe(409);
  });
});
