import {
  askPeople,
  createManualClock,
  type JoinedPerson,
  joinTestPerson,
  registerByLink,
  registerPasskey,
  signInWith,
  verifyAgain,
} from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signStep } from '../../approvals/add-test-approver.ts';
import { makeApprovalInput } from '../../approvals/make-approval-input.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse } from '../open-test-house.ts';
import { recoverByOperator } from './confirm-recovery.ts';

const clock = createManualClock();
const minute = 60_000;
const hour = 60 * minute;
let test: TestStore;
let house: TestHouse;
let [one, two, lost]: JoinedPerson[] = [];

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  // Joining takes an administrator; those have no passkey, so they count for nothing here.
  [one, two, lost] = [
    await joinTestPerson(house, ['admin']),
    await joinTestPerson(house, ['admin']),
    await joinTestPerson(house, ['approver', 'owner']),
  ];
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const cookieOf = (person: JoinedPerson | undefined): string => person?.cookie ?? '';
const ask = (person: JoinedPerson | undefined, path: string, body?: object) =>
  askPeople(house, cookieOf(person), path, body);
const open = (by = one, personId = lost?.id) =>
  ask(by, '/recoveries', { personId, reason: 'Phone fell into the lake' });

/** As whoever stole a session would leave them behind. */
async function addReach(personId: string): Promise<void> {
  await test.store.sql
    .insertInto('push_subscriptions')
    .values({
      ...{ id: `psh_${personId}`, person_id: personId, endpoint_digest: personId },
      ...{ sealed: 'x', device: 'Phone', created_at: 1 },
    })
    .execute();
  await test.store.sql
    .insertInto('person_channels')
    .values({
      ...{ person_id: personId, channel: 'mail', is_on: 1, address: 'a@evil.test', verified_at: 1 },
      ...{ code_digest: null, code_expires_at: null, code_tries: 0, changed_at: 1 },
    })
    .execute();
}

async function confirmed(): Promise<string> {
  const opened = await open();
  const { body } = await ask(two, `/recoveries/${opened.body.id}/confirm`, {});
  return body.link.split('#')[1];
}

describe('recovering with two administrators', () => {
  it('gives a link to the second, which replaces all passkeys and sessions', async () => {
    const opened = await open();
    expect(opened.status).toBe(201);
    expect((await ask(two, '/recoveries')).body.items).toMatchObject([
      { id: opened.body.id, confirmedBy: null },
    ]);
    const confirmation = await ask(two, `/recoveries/${opened.body.id}/confirm`, {});
    expect(confirmation.body).toMatchObject({ expiresAt: clock.now() + hour });
    expect(confirmation.body.link).toMatch(new RegExp(`^${house.origin}/recover#[\\w-]{43}$`));
    const token = confirmation.body.link.split('#')[1];
    await addReach(lost?.id ?? '');
    await addReach(one?.id ?? '');
    const back = await registerByLink(house, '/recover', token);
    expect(back.id).toBe(lost?.id);
    expect((await ask(lost, '/me')).status).toBe(401);
    const devices = await test.store.sql.selectFrom('push_subscriptions').select('person_id').execute();
    expect(devices.map((row) => row.person_id)).toEqual([one?.id]);
    const channels = await test.store.sql.selectFrom('person_channels').selectAll().execute();
    expect(channels.find((row) => row.person_id === lost?.id)).toMatchObject({
      ...{ is_on: 1, address: null, verified_at: null },
    });
    expect(channels.find((row) => row.person_id === one?.id)).toMatchObject({ address: 'a@evil.test' });
    if (lost !== undefined) {
      expect((await signInWith(house, lost.passkey)).body.code).toBe('person.passkey_refused');
    }
    expect((await ask(back, '/me')).status).toBe(200);
    // It cools down: what it signs counts in an hour.
    expect((await verifyAgain(house, back.cookie, back.passkey)).body.code).toBe(
      'person.passkey_unconfirmed',
    );
    clock.advance(hour - 1);
    expect((await signInWith(house, back.passkey)).status).toBe(200);
    const early = await signInWith(house, back.passkey);
    const cookie = early.cookie;
    expect((await verifyAgain(house, cookie, back.passkey)).body.code).toBe('person.passkey_unconfirmed');
    clock.advance(1);
    expect((await verifyAgain(house, cookie, back.passkey)).status).toBe(204);
    const told = await test.store.sql.selectFrom('channel_news').selectAll().execute();
    expect(told.map((row) => row.person_id).sort()).toEqual([lost?.id, two?.id].sort());
    const kinds = (await house.kinds()).filter((kind) => /recover/.test(kind));
    expect(kinds).toEqual(['person.recovery_opened', 'person.recovery_confirmed', 'person.recovered']);
    const events = await test.store.sql.selectFrom('security_events').select(['kind', 'facts']).execute();
    const changes = events
      .filter(({ kind }) => kind === 'credential-change')
      .map(({ facts }) => JSON.parse(facts));
    expect(changes.map(({ change_type }) => change_type).filter((type) => type === 'delete')).toHaveLength(1);
    expect(events.some(({ kind }) => kind === 'session-revoked')).toBe(true);
  });

  it('leaves nothing of what the lost passkeys approved', async () => {
    if (lost === undefined) throw new Error('nobody');
    const { approvals, platform } = house.context;
    const approval = await approvals.request(makeApprovalInput(platform, { ownerId: one?.id ?? '' }));
    const signed = await signStep(house, lost, `/v1/approvals/${approval.id}`, 'approve');
    expect(signed.body.state).toBe('approved');
    await registerByLink(house, '/recover', await confirmed());
    expect(approvals.find(approval.id)?.votes).toEqual([]);
    await expect(approvals.release(approval.id, platform.newId('act'), [])).rejects.toMatchObject({
      code: 'approval.insufficient',
    });
  });

  it('is for two different administrators, neither the person, both with fresh passkeys', async () => {
    expect((await open(lost)).body.code).toBe('person.forbidden');
    expect((await open(one, one?.id)).body.code).toBe('person.forbidden');
    const { id } = (await open()).body;
    expect((await ask(one, `/recoveries/${id}/confirm`, {})).body.code).toBe('person.recovery_needs_two');
    expect((await ask(lost, `/recoveries/${id}/confirm`, {})).body.code).toBe('person.forbidden');
    const own = (await open(one, two?.id)).body;
    expect((await ask(two, `/recoveries/${own.id}/confirm`, {})).body.code).toBe('person.forbidden');
    clock.advance(15 * minute);
    expect((await ask(two, `/recoveries/${id}/confirm`, {})).body.code).toBe('person.passkey_needed');
    expect((await open()).body.code).toBe('person.passkey_needed');
  });

  it('needs that who asked is still an administrator', async () => {
    const { id } = (await open()).body;
    await ask(two, `/${one?.id}/suspend`, {});
    expect((await ask(two, `/recoveries/${id}/confirm`, {})).body.code).toBe('person.recovery_needs_two');
  });

  it('waits a day to be confirmed, and the link an hour to be used', async () => {
    const { id } = (await open()).body;
    await test.store.sql.updateTable('recoveries').set({ expires_at: clock.now() }).execute();
    expect((await ask(two, `/recoveries/${id}/confirm`, {})).body.code).toBe('person.recovery_not_found');
    const token = await confirmed();
    clock.advance(hour);
    expect((await ask(undefined, '/recover/begin', { token })).body.code).toBe('person.invite_invalid');
  });

  it('is used once, also by two at the same moment', async () => {
    const token = await confirmed();
    const attempts = await Promise.allSettled([
      registerByLink(house, '/recover', token),
      registerByLink(house, '/recover', token),
    ]);
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('ends when the person objects, or an administrator', async () => {
    const token = await confirmed();
    const [{ id }] = (await ask(lost, '/recoveries')).body.items;
    expect((await ask(lost, `/recoveries/${id}/end`, {})).status).toBe(204);
    expect((await ask(undefined, '/recover/begin', { token })).body.code).toBe('person.invite_invalid');
    const again = (await open()).body;
    const other = await joinTestPerson(house, ['owner']);
    expect((await ask(other, `/recoveries/${again.id}/end`, {})).body.code).toBe('person.forbidden');
    expect((await ask(other, '/recoveries')).body.items).toEqual([]);
    expect((await ask(two, `/recoveries/${again.id}/end`, {})).status).toBe(204);
  });

  it('takes no link of another kind and no answer to another challenge', async () => {
    const token = await confirmed();
    expect((await ask(undefined, '/join/begin', { token })).body.code).toBe('person.invite_invalid');
    const { body } = await ask(one, '', { displayName: 'Bo', roles: ['owner'] });
    const begun = await ask(undefined, '/join/begin', { token: body.link.split('#')[1] });
    const { response } = registerPasskey(house, begun);
    const crossed = await ask(undefined, '/recover/finish', { token, response });
    expect(crossed.body.code).toBe('person.passkey_refused');
  });
});

describe('the operator of the machine', () => {
  const operator = { kind: 'operator' } as const;
  const input = () => ({ personId: two?.id ?? '', reason: 'The only other one lost it' });

  it('recovers alone only where there are no two other administrators', async () => {
    const third = await joinTestPerson(house, ['admin']);
    const refused = recoverByOperator(house.context, operator, input());
    await expect(refused).rejects.toMatchObject({ code: 'person.recovery_needs_two' });
    await ask(one, `/${third.id}/suspend`, {});
    const { link } = await recoverByOperator(house.context, operator, input());
    const back = await registerByLink(house, '/recover', link.split('#')[1] ?? '');
    expect(back.id).toBe(two?.id);
    expect((await house.kinds()).filter((kind) => /recovery/.test(kind))).toEqual([
      'person.recovery_opened',
      'person.recovery_confirmed',
    ]);
  });

  it('is nobody who is signed in', async () => {
    const body = { personId: lost?.id, reason: 'x' };
    expect((await ask(one, '/recoveries/operator', body)).body.code).toBe('person.forbidden');
  });
});
