import {
  askPeople,
  createManualClock,
  type JoinedPerson,
  joinTestPerson,
  registerPasskey,
  signInWith,
  verifyAgain,
} from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createChallenges } from '../challenges.ts';
import { openTestHouse, type TestHouse } from '../open-test-house.ts';
import { openSession } from '../session.ts';
import { beginAddPasskey, finishAddPasskey } from './add-passkey.ts';
import { isPasskeyCode, passkeyCode } from './passkey-code.ts';

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

const ask = (cookie: string, path: string, body?: object, method?: string) =>
  askPeople(house, cookie, path, body, method);

async function addPasskey(cookie: string) {
  const begun = await ask(cookie, '/me/passkeys/begin', {});
  if (begun.status !== 200) return { added: begun, passkey: undefined };
  const { passkey, response } = registerPasskey(house, begun);
  return { added: await ask(cookie, '/me/passkeys/finish', { label: 'Second', response }), passkey };
}

describe('passkeys of a person', () => {
  it('are added with a fresh one, listed, renamed and removed', async () => {
    const ada = await joinTestPerson(house, ['admin', 'owner']);
    const { added, passkey } = await addPasskey(ada.cookie);
    expect(added.status).toBe(201);
    const { id } = added.body;
    expect((await ask(ada.cookie, `/me/passkeys/${id}`, { label: 'Desk' }, 'PUT')).status).toBe(204);
    const { items } = (await ask(ada.cookie, '/me/passkeys')).body;
    expect(items.map((one: { label: string }) => one.label).sort()).toEqual(['Desk', 'Passkey']);
    if (passkey === undefined) throw new Error('not added');
    const elsewhere = await signInWith(house, passkey);
    expect(elsewhere.status).toBe(200);
    expect((await ask(ada.cookie, `/me/passkeys/${id}/remove`, {})).status).toBe(204);
    // It verifies nothing from now on, and what it opened has ended.
    expect((await signInWith(house, passkey)).body.code).toBe('person.passkey_refused');
    expect((await ask(elsewhere.cookie, '/me')).status).toBe(401);
    expect((await ask(ada.cookie, '/me')).status).toBe(200);
    const events = await test.store.sql.selectFrom('security_events').select(['kind', 'facts']).execute();
    const changes = events.filter(({ kind }) => kind === 'credential-change');
    expect(changes.map(({ facts }) => JSON.parse(facts).change_type)).toEqual(['create', 'create', 'delete']);
    expect(await house.kinds()).toContain('person.passkey_removed');
  });

  it('are neither added nor removed without a fresh one', async () => {
    const ada = await joinTestPerson(house, ['owner']);
    clock.advance(15 * minute);
    expect((await addPasskey(ada.cookie)).added.body.code).toBe('person.passkey_needed');
    const removed = await ask(ada.cookie, `/me/passkeys/${ada.passkey.credentialId}/remove`, {});
    expect(removed.body.code).toBe('person.passkey_needed');
    expect((await verifyAgain(house, ada.cookie, ada.passkey)).status).toBe(204);
    expect((await addPasskey(ada.cookie)).added.status).toBe(201);
  });

  it('are not added by a session that ended meanwhile, nor for a person sent away meanwhile', async () => {
    const ada = await joinTestPerson(house, ['owner']);
    const { sql } = test.store;
    const { id } = await sql
      .selectFrom('sessions')
      .select('id')
      .where('person_id', '=', ada.id)
      .executeTakeFirstOrThrow();
    const roles = ['owner'] as const;
    const actor = {
      kind: 'person',
      person: ada.id,
      roles,
      session: id,
      verifiedAt: 1,
      isFresh: true,
    } as const;
    const challenges = createChallenges(house.context);
    const add = async (meanwhile: () => Promise<unknown>) => {
      const body = await beginAddPasskey(house.context, challenges, actor);
      const { response } = registerPasskey(house, { status: 200, cookie: '', body });
      const transaction: typeof test.store.transaction = async (act) => {
        await meanwhile();
        return test.store.transaction(act);
      };
      const store = new Proxy(test.store, {
        get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name, target)),
      });
      const context = { ...house.context, store };
      return finishAddPasskey(context, challenges, actor, { response } as never);
    };
    const code = 'person.sign_in_required';
    const suspended = add(() => sql.updateTable('people').set({ state: 'suspended' }).execute());
    await expect(suspended).rejects.toMatchObject({ code });
    await sql.updateTable('people').set({ state: 'active' }).execute();
    const ended = add(() => sql.updateTable('sessions').set({ ended_at: 1 }).execute());
    await expect(ended).rejects.toMatchObject({ code });
  });

  it('stay with the last administrator', async () => {
    const ada = await joinTestPerson(house, ['admin']);
    await test.store.sql
      .updateTable('people')
      .set({ state: 'suspended' })
      .where('id', '!=', ada.id)
      .execute();
    const path = `/me/passkeys/${ada.passkey.credentialId}/remove`;
    expect((await ask(ada.cookie, path, {})).body.code).toBe('person.last_administrator');
    expect((await addPasskey(ada.cookie)).added.status).toBe(201);
    expect((await ask(ada.cookie, path, {})).status).toBe(204);
  });

  it('are nobody else’s to touch but an administrator’s', async () => {
    const [ada, bo] = [await joinTestPerson(house, ['owner']), await joinTestPerson(house, ['admin'])];
    const path = `passkeys/${bo.passkey.credentialId}/remove`;
    expect((await ask(ada.cookie, `/${bo.id}/${path}`, {})).body.code).toBe('person.forbidden');
    expect((await ask(ada.cookie, `/me/${path}`, {})).body.code).toBe('person.passkey_not_found');
    const theirs = `/${ada.id}/passkeys/${ada.passkey.credentialId}/remove`;
    // Their last one is for a recovery to replace, which takes two.
    expect((await ask(bo.cookie, theirs, {})).body.code).toBe('person.recovery_needs_two');
    expect((await addPasskey(ada.cookie)).added.status).toBe(201);
    expect((await ask(bo.cookie, theirs, {})).status).toBe(204);
    expect((await ask(ada.cookie, '/me')).status).toBe(401);
  });

  it('are at most 20', async () => {
    const ada = await joinTestPerson(house, ['owner']);
    for (let n = 1; n < 20; n++) expect((await addPasskey(ada.cookie)).added.status).toBe(201);
    expect((await addPasskey(ada.cookie)).added.body.code).toBe('person.too_many_passkeys');
  });
});

describe('the first passkey of somebody a directory vouches for', () => {
  const oidc = { enrolPasskey: 'on' };

  async function arrive(roles: readonly string[], config: object = oidc) {
    Object.assign(house.context.config.people, { oidc: config });
    const { id } = await house.addPerson(roles);
    return { id, cookie: await signInByDirectory(id) };
  }

  async function signInByDirectory(id: string): Promise<string> {
    const { secret } = await test.store.transaction((tx) =>
      openSession(house.context, tx, id, {
        ...{ method: 'oidc', agent: 'Test', issuer: 'https://issuer.example', subject: 's' },
        issuerSession: null,
      }),
    );
    return `countersign=${secret}`;
  }

  async function enrol(cookie: string): Promise<JoinedPerson['passkey']> {
    const { passkey } = await addPasskey(cookie);
    if (passkey === undefined) throw new Error('not enrolled');
    return passkey;
  }

  it('does not count before an administrator confirms it with the code that the person reads out', async () => {
    const administrator = await joinTestPerson(house, ['admin']);
    const bo = await arrive(['admin', 'approver']);
    const passkey = await enrol(bo.cookie);
    const [held] = (await ask(bo.cookie, '/me/passkeys')).body.items;
    expect([held.countsFrom, held.code]).toEqual([null, expect.stringMatching(/^(\w{4}-){2}\w{4}$/)]);
    expect((await verifyAgain(house, bo.cookie, passkey)).body.code).toBe('person.passkey_unconfirmed');
    const signedIn = await signInWith(house, passkey);
    const invite = { displayName: 'Cy', roles: ['admin'] };
    expect((await ask(signedIn.cookie, '', invite)).body.code).toBe('person.passkey_needed');
    const path = `/${bo.id}/passkeys/${held.id}/confirm`;
    // Not by themself, not by guessing, and whoever confirms does not read the code.
    expect((await ask(signedIn.cookie, path, { code: held.code })).body.code).toBe('person.passkey_needed');
    const [seen] = (await ask(administrator.cookie, `/${bo.id}/passkeys`)).body.items;
    expect(seen.code).toBeNull();
    const guessed = await ask(administrator.cookie, path, { code: 'AAAA-AAAA-AAAA' });
    expect(guessed.body.code).toBe('person.passkey_refused');
    expect((await ask(administrator.cookie, path, { code: held.code.toLowerCase() })).status).toBe(204);
    expect(await house.kinds()).toContain('person.passkey_confirmed');
    const told = await test.store.sql.selectFrom('channel_news').select(['person_id', 'kind']).execute();
    expect(told).toEqual([{ person_id: bo.id, kind: 'passkey_confirmed' }]);
    // Time for the person to object if it is not theirs.
    clock.advance(60 * minute - 1);
    const early = await signInWith(house, passkey);
    expect((await verifyAgain(house, early.cookie, passkey)).body.code).toBe('person.passkey_unconfirmed');
    clock.advance(1);
    expect((await verifyAgain(house, early.cookie, passkey)).status).toBe(204);
  });

  it('is their first indeed: one that was removed is replaced by a recovery', async () => {
    const administrator = await joinTestPerson(house, ['admin']);
    const bo = await arrive(['owner']);
    const { credentialId } = await enrol(bo.cookie);
    // One that nobody confirmed may be an intruder's.
    const path = `/${bo.id}/passkeys/${credentialId}/remove`;
    expect((await ask(administrator.cookie, path, {})).status).toBe(204);
    expect((await addPasskey(await signInByDirectory(bo.id))).added.body.code).toBe('person.passkey_needed');
  });

  it('gives the session that it lifts another secret', async () => {
    const bo = await arrive(['owner']);
    const passkey = await enrol(bo.cookie);
    await test.store.sql.updateTable('passkeys').set({ counts_from: 1 }).execute();
    const { status, cookie } = await verifyAgain(house, bo.cookie, passkey);
    expect(status).toBe(204);
    expect((await ask(bo.cookie, '/me')).status).toBe(401);
    expect((await ask(cookie, '/me')).status).toBe(200);
  });

  it('is made within ten minutes, once, and only where the setting allows it', async () => {
    const late = await arrive(['owner']);
    clock.advance(10 * minute);
    expect((await addPasskey(late.cookie)).added.body.code).toBe('person.passkey_needed');
    const off = await arrive(['owner'], { enrolPasskey: 'off' });
    expect((await addPasskey(off.cookie)).added.body.code).toBe('person.passkey_needed');
    const twice = await arrive(['owner']);
    expect((await addPasskey(twice.cookie)).added.status).toBe(201);
    expect((await addPasskey(twice.cookie)).added.body.code).toBe('person.passkey_needed');
  });

  it('leaves one that counts alone: a directory cannot add to it', async () => {
    const ada = await joinTestPerson(house, ['owner']);
    Object.assign(house.context.config.people, { oidc });
    const cookie = await signInByDirectory(ada.id);
    expect((await addPasskey(cookie)).added.body.code).toBe('person.passkey_needed');
  });
});

describe('the code of a passkey', () => {
  it('is one per key and forgives how it is typed', () => {
    const [one, two] = [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)];
    expect(passkeyCode(one)).not.toBe(passkeyCode(two));
    expect(isPasskeyCode(one, ` ${passkeyCode(one).replaceAll('-', '').toLowerCase()} `)).toBe(true);
    expect(isPasskeyCode(one, passkeyCode(two))).toBe(false);
  });
});
