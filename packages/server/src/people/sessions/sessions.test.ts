import { askPeople, createManualClock, joinTestPerson, signInWith, verifyAgain } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse } from '../open-test-house.ts';
import { nameUserAgent } from './name-user-agent.ts';

const clock = createManualClock();
const minute = 60_000;
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

const ask = ({ cookie }: { readonly cookie: string }, path: string, body?: object) =>
  askPeople(house, cookie, path, /\/(sessions|me)$/.test(path) ? undefined : (body ?? {}));
const join = (roles: readonly string[]) => joinTestPerson(house, roles);

describe('the sessions of a person', () => {
  it('are listed to them and end one by one', async () => {
    const person = await join(['owner']);
    const { passkey } = person;
    clock.advance(1);
    const { cookie } = await signInWith(house, passkey);
    const { body } = await ask(person, '/me/sessions');
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ method: 'passkey', isCurrent: false, verifiedAt: clock.now() });
    const id = body.items.find((one: { isCurrent: boolean }) => !one.isCurrent).id;
    expect((await ask(person, `/me/sessions/${id}/end`)).body).toEqual({ ended: 1 });
    expect((await ask({ cookie }, '/me')).status).toBe(401);
    expect((await ask(person, '/me')).status).toBe(200);
    expect((await ask(person, `/me/sessions/${id}/end`)).body.code).toBe('person.session_not_found');
    const events = await test.store.sql.selectFrom('security_events').selectAll().orderBy('id').execute();
    expect(events.map(({ kind }) => kind).sort()).toEqual(['credential-change', 'session-revoked']);
    expect((await house.kinds()).at(-1)).toBe('person.sessions_ended');
  });

  it('end all at once, but for the one that asks', async () => {
    const person = await join(['owner']);
    const { passkey } = person;
    for (let n = 0; n < 3; n++) await signInWith(house, passkey);
    expect((await ask(person, '/me/sessions/end')).body).toEqual({ ended: 3 });
    expect((await ask(person, '/me/sessions')).body.items).toHaveLength(1);
  });

  it('are nobody else’s business but an administrator’s', async () => {
    const [administrator, owner] = [await house.addPerson(['admin']), await house.addPerson(['owner'])];
    const [own] = (await ask(administrator, '/me/sessions')).body.items;
    for (const path of ['sessions', 'sessions/end', `sessions/${own.id}/end`]) {
      expect((await ask(owner, `/${administrator.id}/${path}`)).body.code).toBe('person.forbidden');
    }
    // Under the name of another person, a known id is no key to it.
    const crossed = await ask(owner, `/me/sessions/${own.id}/end`);
    expect(crossed.body.code).toBe('person.session_not_found');
    expect((await ask(administrator, `/${owner.id}/sessions/end`)).body).toEqual({ ended: 1 });
    expect((await ask(owner, '/me')).status).toBe(401);
  });
});

describe('what changes authority', () => {
  const invite = { displayName: 'Bo', roles: ['owner'] };

  it('needs a passkey again after a quarter of an hour, and reading does not', async () => {
    const person = await join(['admin']);
    const { passkey } = person;
    clock.advance(15 * minute);
    const late = await ask(person, '', invite);
    expect([late.status, late.body.code]).toEqual([403, 'person.passkey_needed']);
    expect((await ask(person, '/me/sessions')).status).toBe(200);
    const verified = await verifyAgain(house, person.cookie, passkey);
    expect([verified.status, verified.cookie]).toEqual([204, '']);
    const again = await ask(person, '', invite);
    expect(again.status).toBe(201);
    expect(await house.kinds()).toContain('person.verified');
  });

  it('is not unlocked by the challenge of another session, a replay or somebody else’s passkey', async () => {
    const person = await join(['admin']);
    const { passkey } = person;
    const other = await join(['admin']);
    clock.advance(15 * minute);
    const begun = await ask(person, '/me/verify/begin');
    const answer = passkey.assert(begun.body.challenge);
    expect((await ask(other, '/me/verify/finish', answer)).body.code).toBe('person.passkey_refused');
    const theirs = other.passkey.assert(begun.body.challenge);
    expect((await ask(person, '/me/verify/finish', theirs)).body.code).toBe('person.passkey_refused');
    expect((await ask(person, '/me/verify/finish', answer)).status).toBe(204);
    expect((await ask(person, '/me/verify/finish', answer)).body.code).toBe('person.passkey_refused');
    const unverified = passkey.assert((await ask(person, '/me/verify/begin')).body.challenge, {
      withoutVerification: true,
    });
    expect((await ask(person, '/me/verify/finish', unverified)).body.code).toBe('person.passkey_refused');
  });

  it('is not unlocked by a passkey that nobody confirmed, and such a one opens no fresh session', async () => {
    const person = await join(['admin']);
    const { passkey } = person;
    await test.store.sql.updateTable('passkeys').set({ counts_from: null }).execute();
    expect((await verifyAgain(house, person.cookie, passkey)).body.code).toBe('person.passkey_unconfirmed');
    const { cookie } = await signInWith(house, passkey);
    expect((await ask({ cookie }, `/${person.id}/sessions/end`)).status).toBe(200);
    const invited = await ask({ cookie }, '', invite);
    expect(invited.body.code).toBe('person.passkey_needed');
  });
});

describe('what a browser says it is', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1',
      'Safari on iOS',
    ],
    ['<script>alert(1)</script>', 'Unknown browser'],
    [undefined, 'Unknown browser'],
  ])('becomes words of ours: %s', (header, name) => {
    expect(nameUserAgent(header)).toBe(name);
  });
});
