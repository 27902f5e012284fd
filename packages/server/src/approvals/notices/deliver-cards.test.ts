import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '../../context.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import type { ApprovalChannel, Delivery, Outcome } from '../../plugins/approval-channel/approval-channel.ts';
import { createInboxChannel } from '../../plugins/approval-channel/inbox/create-inbox-channel.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { denyApproval } from '../deny-approval.ts';
import { expireApprovals } from '../expire-approvals.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';
import { deliverCards } from './deliver-cards.ts';
import { noteNews } from './note-news.ts';
import { notePersonNews } from './note-person-news.ts';
import { createNoticeState } from './notice-state.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let context: Context;
let owner: TestPerson;
let ada: TestPerson;
let sent: Delivery[];
let answers: Array<Outcome | Promise<Outcome>>;

const delivered: Outcome = { outcome: 'delivered', handle: 'h' };

/** Keeps what it is handed and answers what a test wants. */
function createFake(kind: ApprovalChannel['kind'], over: Partial<ApprovalChannel> = {}): ApprovalChannel {
  return {
    ...{ name: kind, kind, reach: 'place', addresses: 'none', shows: 'every-change' },
    readAddress: (text) => text,
    async deliver(delivery) {
      sent.push(delivery);
      return answers.shift() ?? delivered;
    },
    async close() {},
    ...over,
  };
}

/** As after a restart: nothing but the store is kept. */
async function open(channels: readonly ApprovalChannel[]): Promise<Context> {
  const notices = await createNoticeState(async (tell) => {
    const inbox = createInboxChannel({ name: 'inbox', store: test.store, tell });
    return new Map([inbox, ...channels].map((channel) => [channel.name, channel]));
  });
  const { config } = house.context;
  const mail = { kind: 'mail', name: 'mail', roles: ['approver'], accountAddresses: true };
  const approvals = { channels: [mail], tellPerHour: 3 };
  return { ...house.context, config: { ...config, approvals }, notices } as unknown as Context;
}

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await house.addPerson(['approver']);
  await addPasskey(ada);
  sent = [];
  answers = [];
});
afterEach(async () => {
  await context.notices.close();
  await house.close();
  await test.remove();
});

/** Who has none is asked nothing. */
async function addPasskey({ id }: TestPerson): Promise<void> {
  await test.store.sql
    .insertInto('passkeys')
    .values({
      ...{ credential_id: id, person_id: id, public_key: new Uint8Array(1), counter: 0 },
      ...{ transports: '[]', label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
}

async function settle(): Promise<void> {
  do await deliverCards(context);
  while ((await finish()) || (await isDue()));
}
/** What was begun may have ended before anybody looked. */
async function isDue(): Promise<boolean> {
  const due = await test.store.sql
    .selectFrom('channel_cards')
    .select('id')
    .where('channel', 'in', [...context.notices.channels.keys()])
    .where('next_at', '<=', clock.now())
    .executeTakeFirst();
  return due !== undefined;
}
async function finish(): Promise<boolean> {
  const under = [...context.notices.underWay.values()];
  await Promise.all(under.map(({ done }) => done));
  return under.length > 0;
}
const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(makeApprovalInput(house.context.platform, { ownerId: owner.id, ...call }));
const deny = (approvalId: string) =>
  denyApproval(house.context, ada.actor, { approvalId, reason: 'not this one' });
const owed = () =>
  test.store.sql.selectFrom('channel_cards').selectAll().where('next_at', 'is not', null).execute();
const states = () => sent.map(({ card }) => card.state);

async function breakGlass(approvalId: string, personId: string): Promise<void> {
  await test.store.transaction(async (tx) => {
    const evidence = { record: 'rec_1', decided: null, passkey: null, brokeGlass: { signedText: '{}' } };
    await tx.sql
      .insertInto('approval_votes')
      .values({
        ...{ approval_id: approvalId, person_id: personId, outcome: 'approve', reason: null },
        ...{ credential_id: null, evidence: JSON.stringify(evidence), at: clock.now() },
      })
      .execute();
    await tx.sql
      .updateTable('approvals')
      .set({ state: 'approved', decided_at: clock.now() })
      .where('id', '=', approvalId)
      .execute();
    await noteNews(house.context, tx, { id: approvalId, drill: null, checkPersonId: null }, 'glass_broken');
    await noteNews(house.context, tx, { id: approvalId, drill: null, checkPersonId: null }, 'decided');
  });
}

const turnOff = (personId: string) =>
  test.store.sql
    .insertInto('person_channels')
    .values({
      ...{ person_id: personId, channel: 'mail', is_on: 0, address: null, verified_at: null },
      ...{ code_digest: null, code_expires_at: null, code_tries: 0, changed_at: clock.now() },
    })
    .execute();
const setEmail = () =>
  test.store.sql.updateTable('people').set({ email: 'ada@example.test' }).where('id', '=', ada.id).execute();

describe('the outbox', () => {
  it('tells a place and the inbox of those who may decide, without a value of the action', async () => {
    context = await open([createFake('webhook')]);
    const approval = await ask();
    await settle();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.card).toMatchObject({
      sentence: expect.stringMatching(/^refund-bot wants to spend \(tier [23]\)$/),
      state: 'open',
      link: `${house.origin}/approvals/${approval.id}`,
      matchCode: approval.matchCode,
    });
    expect(JSON.stringify(sent)).not.toMatch(/124000|card_4421/);
    const inbox = await test.store.sql.selectFrom('inbox_cards').selectAll().execute();
    expect(inbox.map((card) => card.person_id)).toEqual([ada.id]);
  });

  it('shows the final state with the name of who decided, in the place of the first', async () => {
    context = await open([createFake('slack')]);
    const approval = await ask();
    await settle();
    await deny(approval.id);
    await settle();
    expect(sent.map(({ handle }) => handle)).toEqual([null, 'h']);
    expect(sent[1]?.card).toMatchObject({ state: 'denied', isFinal: true, id: sent[0]?.card.id });
    expect(sent[1]?.card.status).toBe(`Denied by Person ${ada.id.slice(-4)}`);
    expect(await owed()).toEqual([]);
    const [inbox] = await test.store.sql.selectFrom('inbox_cards').selectAll().execute();
    expect(JSON.parse(inbox?.shown ?? '{}')).toMatchObject({ state: 'denied' });
  });

  it.each(['cancelled', 'expired'])('shows what was %s', async (end) => {
    context = await open([createFake('slack')]);
    const approval = await ask();
    await settle();
    if (end === 'cancelled') await house.context.approvals.cancel('approval', approval.id, 'task.ended');
    else {
      clock.advance(601_000);
      await expireApprovals(house.context);
    }
    await settle();
    expect(states()).toEqual(['open', end]);
  });

  it('keeps nothing of what was rolled back', async () => {
    context = await open([createFake('webhook')]);
    const approval = await ask();
    await settle();
    const undone = test.store.transaction(async (tx) => {
      await noteNews(house.context, tx, { id: approval.id, drill: null, checkPersonId: null }, 'reminded');
      throw new RangeError('rolled back');
    });
    await expect(undone).rejects.toThrow(RangeError);
    await settle();
    expect(sent).toHaveLength(1);
  });

  it('tells those who did not decide that glass was broken, loudly', async () => {
    const bo = await house.addPerson(['approver']);
    await addPasskey(bo);
    context = await open([
      createFake('mail', { reach: 'person', addresses: 'proven', shows: 'what-matters' }),
    ]);
    await setEmail();
    for (let asked = 0; asked < 5; asked += 1) await ask();
    await settle();
    sent = [];
    const approval = await ask();
    await test.store.sql.deleteFrom('channel_news').execute();
    await breakGlass(approval.id, bo.id);
    await settle();
    expect(sent.map(({ card }) => [card.isUrgent, card.status])).toEqual([
      [true, `Glass broken by Person ${bo.id.slice(-4)}, who let it through alone`],
    ]);
  });

  it('says that more is asked where every change is shown, and rings nowhere again', async () => {
    const mail = createFake('mail', { reach: 'person', addresses: 'proven', shows: 'what-matters' });
    context = await open([createFake('webhook'), mail]);
    await setEmail();
    const approval = await ask();
    const extend = () => {
      clock.advance(1);
      return test.store.transaction((tx) =>
        noteNews(house.context, tx, { id: approval.id, drill: null, checkPersonId: null }, 'extended'),
      );
    };
    await extend();
    await settle();
    expect(sent.map(({ card }) => card.news)).toEqual(['asked', 'asked']);
    await extend();
    await settle();
    expect(sent.slice(2).map(({ to, card }) => [to, card.news])).toEqual([[null, 'extended']]);
    const cards = await test.store.sql
      .selectFrom('channel_cards')
      .select('revision')
      .where('channel', '=', 'mail')
      .execute();
    expect(cards).toEqual([{ revision: 1 }]);
  });

  it('tells nobody of a drill', async () => {
    context = await open([createFake('webhook')]);
    await test.store.transaction((tx) =>
      noteNews(house.context, tx, { id: 'apr_x', drill: 'drl_1', checkPersonId: null }, 'asked'),
    );
    await settle();
    expect(sent).toEqual([]);
  });
});

describe('a channel that fails', () => {
  it('is tried again, later each time, with the same id and in order', async () => {
    context = await open([createFake('webhook')]);
    answers = [
      { outcome: 'failed', why: 'the answer was 503' },
      { outcome: 'failed', why: 'the answer was 503' },
    ];
    const approval = await ask();
    await settle();
    await settle();
    expect(sent).toHaveLength(1);
    clock.advance(3_000);
    await settle();
    clock.advance(2_900);
    await settle();
    expect(sent).toHaveLength(2);
    clock.advance(2_200);
    await settle();
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true]);
    await deny(approval.id);
    await settle();
    expect(states()).toEqual(['open', 'open', 'open', 'denied']);
  });

  it('is not asked again before it wants to be', async () => {
    context = await open([createFake('webhook')]);
    answers = [{ outcome: 'failed', why: 'the answer was 429', retryAfterMilliseconds: 120_000 }];
    await ask();
    await settle();
    clock.advance(100_000);
    await settle();
    expect(sent).toHaveLength(1);
    clock.advance(21_000);
    await settle();
    expect(sent).toHaveLength(2);
  });

  it('holds up no other channel and not the one who asks', async () => {
    let answer = (_: Outcome): void => {};
    const hung = new Promise<Outcome>((resolve) => {
      answer = resolve;
    });
    context = await open([createFake('slack', { deliver: () => hung }), createFake('webhook')]);
    for (let asked = 0; asked < 8; asked += 1) await ask();
    await deliverCards(context);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await deliverCards(context);
    expect([...context.notices.underWay.values()].filter(({ channel }) => channel === 'slack')).toHaveLength(
      4,
    );
    answer(delivered);
    await settle();
    expect(sent).toHaveLength(8);
  });

  it('is given up once, said in the ledger and in the inbox, and tried again with what is new', async () => {
    context = await open([
      createFake('mail', { reach: 'person', addresses: 'proven', shows: 'what-matters' }),
    ]);
    await setEmail();
    answers = [{ outcome: 'refused', why: 'the mail server said 550' }];
    const approval = await ask();
    await settle();
    expect((await house.kinds()).filter((kind) => kind === 'approval.card_failed')).toHaveLength(1);
    const inbox = await test.store.sql.selectFrom('inbox_cards').select('shown').execute();
    expect(inbox.map(({ shown }) => JSON.parse(shown).sentence)).toContain(
      'You could not be told on the channel mail',
    );
    expect(await owed()).toEqual([]);
    await deny(approval.id);
    await settle();
    expect(states()).toEqual(['open', 'denied']);
  });

  it('is given up after a day', async () => {
    context = await open([
      createFake('webhook', { deliver: async () => ({ outcome: 'failed', why: 'it cannot be reached' }) }),
    ]);
    await ask();
    await settle();
    clock.advance(25 * 3_600_000);
    await settle();
    expect(await owed()).toEqual([]);
    expect(await house.kinds()).toContain('approval.card_failed');
  });
});

describe('after a crash', () => {
  it.each([
    ['before the news was spread', 0],
    ['during an attempt', 1],
  ])('%s, every copy is brought to the final state', async (_when, attempts) => {
    const hang = createFake('slack', {
      deliver(delivery) {
        sent.push(delivery);
        return new Promise(() => {});
      },
    });
    context = await open([hang]);
    const approval = await ask();
    if (attempts > 0) {
      await deliverCards(context);
      await deliverCards(context);
      await vi.waitFor(() => expect(sent.length).toBe(1));
    }
    // Nothing is waited for or written down: the process is gone.
    context = await open([createFake('slack')]);
    clock.advance(21_000);
    await settle();
    await deny(approval.id);
    context = await open([createFake('slack')]);
    await settle();
    expect(sent.at(-1)?.card.state).toBe('denied');
    if (attempts > 0) expect(sent[1]).toMatchObject({ isRepeat: true, handle: null, id: sent[0]?.id });
    expect(await owed()).toEqual([]);
  });
});

describe('quiet hours', () => {
  beforeEach(() => clock.set(Date.UTC(2026, 2, 1, 12)));
  const addQuiet = (personId: string) =>
    test.store.sql
      .insertInto('quiet_hours')
      .values({ person_id: personId, from_minute: 0, until_minute: 1380, time_zone: 'UTC' })
      .execute();
  const mail = () => createFake('mail', { reach: 'person', addresses: 'proven', shows: 'what-matters' });

  it('hold while somebody else can decide, and their end is when the person is told', async () => {
    context = await open([mail()]);
    await setEmail();
    const bo = await house.addPerson(['approver']);
    await addPasskey(bo);
    await addQuiet(ada.id);
    await ask({ requirement: { withinSeconds: 86_400 }, taskSeconds: 172_800 });
    await settle();
    expect(sent).toEqual([]);
    const [waiting] = await owed();
    expect(waiting?.person_id).toBe(ada.id);
    expect(new Date(waiting?.next_at ?? 0).getUTCHours()).toBe(23);
    clock.set(waiting?.next_at ?? 0);
    await settle();
    expect(sent.map(({ to }) => to?.personId)).toEqual([ada.id]);
  });

  it('hold back nobody whom broken glass concerns, and show nothing to who lost the role meanwhile', async () => {
    context = await open([mail()]);
    await setEmail();
    const bo = await house.addPerson(['approver']);
    await addPasskey(bo);
    await addQuiet(ada.id);
    const long = { requirement: { withinSeconds: 86_400 }, taskSeconds: 172_800 };
    const approval = await ask(long);
    const other = await ask(long);
    await settle();
    expect(sent).toEqual([]);
    await breakGlass(approval.id, bo.id);
    await settle();
    expect(sent.map(({ card }) => [card.approvalId, card.state])).toEqual([[approval.id, 'approved']]);
    const waiting = (await owed()).find((card) => card.card_key === other.id);
    await test.store.sql.updateTable('people').set({ roles: '["owner"]' }).where('id', '=', ada.id).execute();
    clock.set(waiting?.next_at ?? 0);
    await settle();
    expect(sent).toHaveLength(1);
    expect(await owed()).toEqual([]);
  });

  it('hold nobody back when nobody else can decide', async () => {
    context = await open([mail()]);
    await setEmail();
    await addQuiet(ada.id);
    await ask();
    await settle();
    expect(sent.map(({ to }) => to?.personId)).toEqual([ada.id]);
  });
});

describe('a person', () => {
  const personal = { reach: 'person', addresses: 'proven', shows: 'what-matters' } as const;
  it('is told together of what is beyond the bound of an hour', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    for (let asked = 0; asked < 7; asked += 1) await ask();
    await settle();
    expect(sent.filter(({ card }) => card.about === 'approval')).toHaveLength(3);
    expect(sent.filter(({ card }) => card.about === 'digest')).toHaveLength(1);
    clock.advance(16 * 60_000);
    await settle();
    const inbox = await test.store.sql.selectFrom('inbox_cards').selectAll().execute();
    expect(inbox).toHaveLength(7);
  });

  it('hears nothing of the end of what they never heard of, and nothing once they are gone', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    const approval = await ask();
    await deny(approval.id);
    await settle();
    expect(sent).toEqual([]);
    await ask();
    await settle();
    expect(states()).toEqual(['open']);
    await test.store.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', ada.id).execute();
    clock.advance(601_000);
    await expireApprovals(house.context);
    await settle();
    expect(states()).toEqual(['open']);
    expect(await owed()).toEqual([]);
  });

  it('is told of what is no request by itself, however much was asked before', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    for (let asked = 0; asked < 7; asked += 1) await ask();
    await settle();
    sent = [];
    const news = { personId: ada.id, kind: 'recovery_asked', subject: 'Ada', link: '/account' } as const;
    for (let told = 0; told < 5; told += 1)
      await test.store.transaction((tx) => notePersonNews(house.context, tx, news));
    await settle();
    expect(sent.map(({ card }) => card.news)).toEqual(Array(5).fill('recovery_asked'));
  });

  it('hears nothing on a channel that they turned off but the end of what was shown there', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    const shown = await ask();
    await settle();
    await ask();
    await deliverCards(context);
    answers = [{ outcome: 'failed', why: 'the answer was 421' }];
    await settle();
    sent = [];
    await turnOff(ada.id);
    clock.advance(3_000);
    await settle();
    expect(sent).toEqual([]);
    expect((await owed()).filter(({ channel }) => channel === 'mail')).toEqual([]);
    await deny(shown.id);
    await settle();
    expect(states()).toEqual(['denied']);
  });

  it('who may decide is told before those who only want to know', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    for (let added = 0; added < 201; added += 1) await house.addPerson(['auditor']);
    const last = await house.addPerson(['approver']);
    await addPasskey(last);
    await ask({ requirement: { notify: ['role:auditor'] } });
    await settle();
    const inbox = await test.store.sql.selectFrom('inbox_cards').select('person_id').execute();
    expect(inbox).toHaveLength(200);
    expect(inbox.map(({ person_id }) => person_id)).toContain(last.id);
  });

  it('is told what concerns them, with a path of this server alone', async () => {
    context = await open([createFake('mail', personal)]);
    await setEmail();
    const news = {
      personId: ada.id,
      kind: 'agent_paused',
      subject: 'refund\u202ebot',
      link: '/agents',
    } as const;
    await test.store.transaction((tx) => notePersonNews(house.context, tx, news));
    await settle();
    expect(sent[0]?.card.sentence).toBe('Your agent refund‹U+202E›bot was paused');
    expect(sent[0]?.card.link).toBe(`${house.origin}/agents`);
    for (const link of ['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)']) {
      const noting = test.store.transaction((tx) => notePersonNews(house.context, tx, { ...news, link }));
      await expect(noting).rejects.toThrow(RangeError);
    }
  });
});
