import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../open-test-house.ts';
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

async function ask({ cookie }: Pick<TestPerson, 'cookie'>, path: string, body?: unknown) {
  const isRead = /sessions$|me$|people$/.test(path);
  const response = await house.fetch(`/v1/people${path}`, {
    method: isRead ? 'GET' : 'POST',
    headers: { cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Somebody who came in with a passkey that really signs, and what signs for them. */
async function join(roles: readonly string[]): Promise<{ person: TestPerson; passkey: Passkey }> {
  const administrator = await house.addPerson(['admin']);
  const response = await house.fetch('/v1/people', {
    method: 'POST',
    headers: { cookie: administrator.cookie },
    body: JSON.stringify({ displayName: 'Ada', roles }),
  });
  const { link } = await response.json();
  const token = link.split('#')[1];
  const begun = await ask({ cookie: '' }, '/join/begin', { token });
  const userHandle: string = begun.body.user.id;
  const passkey = createPasskey({ rpId: begun.body.rp.id, origin: house.origin, userHandle });
  const answer = { token, response: passkey.register(begun.body.challenge) };
  const joined = await ask({ cookie: '' }, '/join/finish', answer);
  const cookie = joined.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const actor = { ...administrator.actor, person: joined.body.personId };
  return { person: { id: joined.body.personId, cookie, actor }, passkey };
}

async function verify(person: Pick<TestPerson, 'cookie'>, passkey: Passkey) {
  const begun = await ask(person, '/me/verify/begin');
  return ask(person, '/me/verify/finish', passkey.assert(begun.body.challenge));
}

describe('the sessions of a person', () => {
  it('are listed to them and end one by one', async () => {
    const { person, passkey } = await join(['owner']);
    clock.advance(1);
    const begun = await ask({ cookie: '' }, '/sign-in/begin');
    const other = await ask({ cookie: '' }, '/sign-in/finish', passkey.assert(begun.body.challenge));
    const cookie = other.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { body } = await ask(person, '/me/sessions');
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ method: 'passkey', isCurrent: false, verifiedAt: clock.now() });
    const id = body.items.find((one: { isCurrent: boolean }) => !one.isCurrent).id;
    expect((await ask(person, `/me/sessions/${id}/end`)).body).toEqual({ ended: 1 });
    expect((await ask({ cookie }, '/me')).status).toBe(401);
    expect((await ask(person, '/me')).status).toBe(200);
    expect((await ask(person, `/me/sessions/${id}/end`)).body.code).toBe('person.session_not_found');
    const events = await test.store.sql.selectFrom('security_events').selectAll().execute();
    expect(events.map(({ kind, person_id }) => [kind, person_id])).toEqual([['session-revoked', person.id]]);
    expect((await house.kinds()).at(-1)).toBe('person.sessions_ended');
  });

  it('end all at once, but for the one that asks', async () => {
    const { person, passkey } = await join(['owner']);
    for (let n = 0; n < 3; n++) {
      const begun = await ask({ cookie: '' }, '/sign-in/begin');
      await ask({ cookie: '' }, '/sign-in/finish', passkey.assert(begun.body.challenge));
    }
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
    const { person, passkey } = await join(['admin']);
    clock.advance(15 * minute);
    const late = await house.fetch('/v1/people', {
      method: 'POST',
      headers: { cookie: person.cookie },
      body: JSON.stringify(invite),
    });
    expect([late.status, (await late.json()).code]).toEqual([403, 'person.passkey_needed']);
    expect((await ask(person, '/me/sessions')).status).toBe(200);
    const verified = await verify(person, passkey);
    expect([verified.status, verified.headers.getSetCookie()]).toEqual([204, []]);
    const again = await house.fetch('/v1/people', {
      method: 'POST',
      headers: { cookie: person.cookie },
      body: JSON.stringify(invite),
    });
    expect(again.status).toBe(201);
    expect(await house.kinds()).toContain('person.verified');
  });

  it('is not unlocked by the challenge of another session, a replay or somebody else’s passkey', async () => {
    const { person, passkey } = await join(['admin']);
    const other = await join(['admin']);
    clock.advance(15 * minute);
    const begun = await ask(person, '/me/verify/begin');
    const answer = passkey.assert(begun.body.challenge);
    expect((await ask(other.person, '/me/verify/finish', answer)).body.code).toBe('person.passkey_refused');
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
    const { person, passkey } = await join(['admin']);
    await test.store.sql.updateTable('passkeys').set({ counts_from: null }).execute();
    expect((await verify(person, passkey)).body.code).toBe('person.passkey_unconfirmed');
    const begun = await ask({ cookie: '' }, '/sign-in/begin');
    const signedIn = await ask({ cookie: '' }, '/sign-in/finish', passkey.assert(begun.body.challenge));
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await ask({ cookie }, `/${person.id}/sessions/end`)).status).toBe(200);
    const invited = await house.fetch('/v1/people', {
      method: 'POST',
      headers: { cookie },
      body: JSON.stringify(invite),
    });
    expect((await invited.json()).code).toBe('person.passkey_needed');
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
