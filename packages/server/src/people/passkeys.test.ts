import { type CeremonyForgery, createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createFirstAdministrator } from './create-first-administrator.ts';
import { openTestHouse, type TestHouse } from './open-test-house.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await house.fetch(path, { method: 'POST', body: JSON.stringify(body), headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

async function openLink(): Promise<string> {
  const link = await createFirstAdministrator(house.context);
  if (link === null) throw new Error('no link');
  return link.path.slice('/join#'.length);
}

interface Joining {
  readonly token: string;
  readonly forge?: CeremonyForgery;
}

async function join({ token, forge }: Joining) {
  const begun = await post('/v1/people/join/begin', { token });
  if (begun.status !== 200) return { joined: begun, passkey: undefined, userHandle: '' };
  const userHandle: string = begun.body.user.id;
  const passkey = createPasskey({ rpId: begun.body.rp.id, origin: house.origin, userHandle });
  const response = passkey.register(begun.body.challenge, forge);
  const joined = await post('/v1/people/join/finish', { token, displayName: 'Ada', response });
  return { joined, passkey, userHandle };
}

async function signIn(passkey: Passkey, forge?: CeremonyForgery) {
  const begun = await post('/v1/people/sign-in/begin', {});
  return post('/v1/people/sign-in/finish', passkey.assert(begun.body.challenge, forge));
}

async function joinAsAdministrator(): Promise<Passkey> {
  const { joined, passkey } = await join({ token: await openLink() });
  expect(joined.status).toBe(200);
  if (passkey === undefined) throw new Error('not joined');
  return passkey;
}

const cookieOf = (headers: Headers) => headers.getSetCookie()[0]?.split(';')[0] ?? '';

describe('the first administrator', () => {
  it('joins by the one-time link and is signed in at once', async () => {
    const { joined } = await join({ token: await openLink() });
    expect(joined.status).toBe(200);
    const [cookie] = joined.headers.getSetCookie();
    expect(cookie).toMatch(/^countersign=[\w-]{43}; .*HttpOnly; SameSite=Strict$/);
    const me = await house.fetch('/v1/people/me', { headers: { cookie: cookieOf(joined.headers) } });
    expect(await me.json()).toMatchObject({ displayName: 'Ada', state: 'active' });
    expect(await house.kinds()).toEqual(['person.invited', 'person.passkey_added', 'person.state_changed']);
  });

  it('gets a new link at each start until somebody joined, and none afterwards', async () => {
    const first = await openLink();
    const second = await openLink();
    expect((await join({ token: first })).joined.body.code).toBe('person.invite_invalid');
    expect((await join({ token: second })).joined.status).toBe(200);
    expect(await createFirstAdministrator(house.context)).toBeNull();
  });

  it('keeps only a digest of the link', async () => {
    const token = await openLink();
    const rows = await test.store.sql.selectFrom('person_invites').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('joining', () => {
  it('is possible once, also for two at the same moment', async () => {
    const token = await openLink();
    const both = await Promise.all([join({ token }), join({ token })]);
    expect(both.map(({ joined }) => joined.status).sort()).toEqual([200, 403]);
    expect((await join({ token })).joined.body.code).toBe('person.invite_invalid');
  });

  it('ends after 24 hours', async () => {
    const token = await openLink();
    clock.advance(24 * 3_600_000);
    expect((await join({ token })).joined.body.code).toBe('person.invite_invalid');
  });

  it('refuses a token that is none', async () => {
    expect((await post('/v1/people/join/begin', { token: 'x'.repeat(43) })).body.code).toBe(
      'person.invite_invalid',
    );
    expect((await post('/v1/people/join/begin', { token: 7 })).body.code).toBe('server.request_invalid');
  });

  it.each<[string, CeremonyForgery]>([
    ['another origin', { origin: 'http://localhost.evil.test' }],
    ['another relying party', { rpId: 'evil.test' }],
    ['an unverified person', { withoutVerification: true }],
    ['a frame of another site', { crossOrigin: true }],
  ])('refuses a passkey made by %s', async (_what, forge) => {
    const { joined } = await join({ token: await openLink(), forge });
    expect([joined.status, joined.body.code]).toEqual([403, 'person.passkey_refused']);
    expect(await house.kinds()).toEqual(['person.invited']);
  });

  it('refuses an answer to a challenge that was issued for another link', async () => {
    const { cookie } = await house.addPerson();
    const invite = await post('/v1/people', { displayName: 'Bo', roles: ['approver'] }, { cookie });
    const other = await post('/v1/people', { displayName: 'Cy', roles: ['approver'] }, { cookie });
    const [token, otherToken] = [invite, other].map(({ body }) => body.link.split('#')[1]);
    const begun = await post('/v1/people/join/begin', { token });
    const passkey = createPasskey({ rpId: 'localhost', origin: house.origin });
    const response = passkey.register(begun.body.challenge);
    const crossed = await post('/v1/people/join/finish', { token: otherToken, response });
    expect(crossed.body.code).toBe('person.passkey_refused');
  });
});

describe('signing in', () => {
  it('works with the passkey alone and is recorded', async () => {
    const passkey = await joinAsAdministrator();
    const { status, headers } = await signIn(passkey);
    expect(status).toBe(200);
    const cookie = cookieOf(headers);
    expect((await house.fetch('/v1/people/me', { headers: { cookie } })).status).toBe(200);
    expect((await house.kinds()).at(-1)).toBe('person.signed_in');
    expect((await house.fetch('/v1/people/sign-out', { method: 'POST', headers: { cookie } })).status).toBe(
      204,
    );
    expect((await house.fetch('/v1/people/me', { headers: { cookie } })).status).toBe(401);
  });

  it.each<[string, CeremonyForgery]>([
    ['another origin', { origin: 'http://localhost:1' }],
    ['another relying party', { rpId: 'evil.test' }],
    ['an unverified person', { withoutVerification: true }],
    ['a frame of another site', { crossOrigin: true }],
    ['another key', { withAnotherKey: true }],
    ['a registration ceremony', { type: 'webauthn.create' }],
  ])('refuses %s', async (_what, forge) => {
    const passkey = await joinAsAdministrator();
    const { status, body } = await signIn(passkey, forge);
    expect([status, body.code]).toEqual([403, 'person.passkey_refused']);
    expect(Object.keys(body)).not.toContain('detail');
  });

  it('refuses a counter that does not move on: the passkey was copied', async () => {
    const passkey = await joinAsAdministrator();
    expect((await signIn(passkey, { counter: 9 })).status).toBe(200);
    expect((await signIn(passkey, { counter: 9 })).body.code).toBe('person.passkey_refused');
  });

  it('refuses a replayed answer and a late one', async () => {
    const passkey = await joinAsAdministrator();
    const begun = await post('/v1/people/sign-in/begin', {});
    const answer = passkey.assert(begun.body.challenge);
    expect((await post('/v1/people/sign-in/finish', answer)).status).toBe(200);
    expect((await post('/v1/people/sign-in/finish', answer)).body.code).toBe('person.passkey_refused');
    const late = await post('/v1/people/sign-in/begin', {});
    clock.advance(5 * 60_000);
    expect((await post('/v1/people/sign-in/finish', passkey.assert(late.body.challenge))).status).toBe(403);
  });

  it('answers the same for an unknown passkey and for a suspended person', async () => {
    const passkey = await joinAsAdministrator();
    const stranger = createPasskey({ rpId: 'localhost', origin: house.origin });
    const unknown = await signIn(stranger);
    await test.store.sql.updateTable('people').set({ state: 'suspended' }).execute();
    const suspended = await signIn(passkey);
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...suspended.body, requestId: '' });
  });

  it('refuses a user handle that names another person', async () => {
    const passkey = await joinAsAdministrator();
    const begun = await post('/v1/people/sign-in/begin', {});
    const answer = passkey.assert(begun.body.challenge);
    const forged = { ...answer, response: { ...answer.response, userHandle: 'cGVyX290aGVy' } };
    expect((await post('/v1/people/sign-in/finish', forged)).body.code).toBe('person.passkey_refused');
  });
});
