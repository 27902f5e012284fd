import {
  askPeople,
  createManualClock,
  joinTestPerson,
  type SignInIssuer,
  type SignInIssuerOptions,
  startSignInIssuer,
  visitIssuer,
} from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { peopleSchema } from '../../config/people.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { fillHands } from '../leaving/fill-hands.ts';
import { finishInterrupted } from '../leaving/index.ts';
import { openTestHouse, type TestHouse } from '../open-test-house.ts';

const accounts = {
  ada: {
    ...{ name: 'Ada', email: 'Ada@example.test', email_verified: true },
    groups: ['/finance', 'finance', 'admin'],
    realm_access: { roles: ['Approvers'] },
    resource_access: { countersign: { roles: ['ops'] }, other: { roles: ['nowhere'] } },
  },
  eve: { name: 'Eve', email: 'ada@example.test', email_verified: false },
};

let test: TestStore;
let issuer: SignInIssuer;
let house: TestHouse;
const clock = createManualClock();

async function open(settings: object = {}, made: Partial<SignInIssuerOptions> = {}, groups: object[] = []) {
  test = await openTestStore();
  clock.set(Date.now());
  house = await openTestHouse({
    store: test.store,
    now: clock.now,
    fetch,
    people: async (origin) => {
      issuer = await startSignInIssuer({
        redirectUri: `${origin}/sign-in/oidc/callback`,
        accounts,
        ...made,
      });
      const oidc = { issuer: issuer.url, clientId: issuer.clientId, allowPrivate: true, ...settings };
      return peopleSchema.parse({ oidc, groups });
    },
  });
}

afterEach(async () => {
  await house.close();
  await issuer.close();
  await test.remove();
});

const cookieOf = (response: Response, name: string): string =>
  response.headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

async function start(path = '/sign-in/oidc/start?return=/agents', cookie = '') {
  const response = await house.fetch(path, { headers: { cookie, 'sec-fetch-site': 'none' } });
  return {
    response,
    url: response.headers.get('location') ?? '',
    flow: cookieOf(response, 'countersign-oidc'),
  };
}

/** As the browser comes back from the issuer's site. */
async function comeBack(path: string, cookie: string) {
  const headers = { cookie, accept: 'text/html', 'sec-fetch-site': 'cross-site' };
  const response = await house.fetch(path, { headers });
  const text = await response.text();
  const code = /person\.\w+/.exec(text)?.[0];
  return { status: response.status, text, code, session: cookieOf(response, 'countersign') };
}

async function signIn(account = 'ada') {
  const { url, flow } = await start();
  return comeBack(await visitIssuer().signIn(url, account), flow);
}

async function invite(email: string, roles: readonly string[] = ['owner']) {
  const { cookie } = await house.addPerson(['admin']);
  const { body } = await askPeople(house, cookie, '', { displayName: 'Ada', email, roles });
  return body as { personId: string; link: string };
}

const identities = () => test.store.sql.selectFrom('person_identities').selectAll().execute();

describe('signing in at an issuer', () => {
  it('joins whoever was invited to the same verified e-mail, opens a session and goes back', async () => {
    await open();
    const { personId } = await invite('ada@example.test');
    const back = await signIn();
    expect([back.status, back.code]).toEqual([200, undefined]);
    expect(back.text).toContain('content="0; url=/agents"');
    const me = await askPeople(house, back.session, '/me');
    expect(me.body).toMatchObject({ id: personId, state: 'active', roles: ['owner'], groups: ['finance'] });
    expect((await identities()).map((one) => [one.issuer, one.subject])).toEqual([[issuer.url, 'ada']]);
    const [session] = (await askPeople(house, back.session, '/me/sessions')).body.items;
    expect(session).toMatchObject({ method: 'oidc', verifiedAt: null });
    const kinds = await house.kinds();
    expect(kinds.slice(-4)).toEqual([
      'person.identity_linked',
      'person.state_changed',
      'person.state_changed',
      'person.signed_in',
    ]);
    // By subject from now on, whatever the address is.
    await test.store.sql
      .updateTable('people')
      .set({ email: 'new@example.test' })
      .where('id', '=', personId)
      .execute();
    expect((await signIn()).status).toBe(200);
  });

  it('looks, and changes nothing that gives authority', async () => {
    await open({}, {}, [{ directory: 'admin', as: 'admin' }]);
    await invite('ada@example.test');
    const { session } = await signIn();
    expect((await askPeople(house, session, '')).status).toBe(200);
    const invited = await askPeople(house, session, '', { displayName: 'Cy', roles: ['admin'] });
    expect(invited.body.code).toBe('person.passkey_needed');
  });

  it('lets the link of the invitation still make a passkey that counts', async () => {
    await open();
    const { link } = await invite('ada@example.test');
    await signIn();
    const begun = await askPeople(house, '', '/join/begin', { token: link.split('#')[1] });
    expect(begun.status).toBe(200);
  });

  it.each([
    ['nobody invited', 'ada', 'other@example.test'],
    ['an address that the issuer does not vouch for', 'eve', 'ada@example.test'],
  ])('refuses %s', async (_what, account, email) => {
    await open();
    await invite(email);
    expect((await signIn(account)).code).toBe('person.oidc_unknown');
    expect(await identities()).toEqual([]);
  });

  it('refuses an address of somebody who is here already: that is how accounts are taken', async () => {
    await open();
    const ada = await joinTestPerson(house, ['admin']);
    await test.store.sql
      .updateTable('people')
      .set({ email: 'ada@example.test' })
      .where('id', '=', ada.id)
      .execute();
    expect((await signIn()).code).toBe('person.oidc_unknown');
    await house.close();
    await issuer.close();
    await test.remove();
    await open({ join: 'anyone' });
    await house.addPerson();
    await test.store.sql.updateTable('people').set({ email: 'ada@example.test' }).execute();
    expect((await signIn()).code).toBe('person.oidc_unknown');
  });

  it('lets anyone in where the setting says so, with no role but what the groups give', async () => {
    await open({ join: 'anyone', preset: 'keycloak' }, {}, [
      { directory: '/finance', as: 'finance' },
      { directory: 'Approvers', as: 'approver' },
    ]);
    const { session } = await signIn();
    const me = await askPeople(house, session, '/me');
    expect(me.body).toMatchObject({ displayName: 'Ada', roles: ['approver'], groups: ['finance', 'ops'] });
  });

  it('ends the agents of whom the issuer does not name an owner any more', async () => {
    const ada = { ...accounts.ada, groups: ['Agent owners'] };
    await open({}, { accounts: { ada } }, [{ directory: 'Agent owners', as: 'owner' }]);
    const { personId } = await invite('ada@example.test', ['approver']);
    expect((await signIn()).status).toBe(200);
    await fillHands(house.context, { ownerId: personId, agents: 1 });
    ada.groups = [];
    const { session, status } = await signIn();
    expect(status).toBe(200);
    expect((await askPeople(house, session, '/me')).body).toMatchObject({ roles: ['approver'] });
    await finishInterrupted(house.context);
    const agents = await test.store.sql.selectFrom('agents').select('state').execute();
    expect(agents).toEqual([{ state: 'orphaned' }]);
    const lost = await test.store.sql.selectFrom('leavings').select(['kind', 'cause']).execute();
    expect(lost).toEqual([{ kind: 'lost_roles', cause: 'oidc' }]);
  });

  it('keeps earlier groups when the issuer leaves some out, but no role that it does not name again', async () => {
    const ada: Record<string, unknown> = {
      ...accounts.ada,
      groups: ['finance', 'Owners'],
      roles: ['Approvers'],
      hasgroups: false,
    };
    const mapped = [
      { directory: 'Owners', as: 'owner' },
      { directory: 'Approvers', as: 'approver' },
    ];
    await open({ claims: { groups: [['roles'], ['groups']] } }, { accounts: { ada } }, mapped);
    await invite('ada@example.test', ['auditor']);
    await signIn();
    ada.groups = ['ops'];
    ada.hasgroups = true;
    const { session } = await signIn();
    const { roles, groups } = (await askPeople(house, session, '/me')).body;
    expect([[...roles].sort(), groups]).toEqual([
      ['approver', 'auditor'],
      ['finance', 'ops'],
    ]);
  });

  it('refuses the suspended and those whose session was ended by it', async () => {
    await open();
    const { personId } = await invite('ada@example.test');
    const { session } = await signIn();
    const { cookie } = await house.addPerson(['admin']);
    await askPeople(house, cookie, `/${personId}/suspend`, {});
    expect((await askPeople(house, session, '/me')).status).toBe(401);
    expect((await signIn()).code).toBe('person.oidc_unknown');
  });
});

describe('other issuers', () => {
  it.each([
    ['pushed requests and a secret', {}, { par: true, clientSecret: 's'.repeat(43) }],
    ['ES256', {}, { algorithm: 'ES256' as const }],
    ['claims at the userinfo endpoint', {}, { thin: true }],
    ['max_age', { maxAgeSeconds: 300 }, {}],
  ])('work with %s', async (_what, settings, made) => {
    const secret = 'clientSecret' in made ? { clientSecret: '{secret:sso}' } : {};
    await open({ ...settings, ...secret }, made);
    Object.assign(house.context, { secrets: { get: async () => ({ value: 's'.repeat(43), version: '1' }) } });
    await invite('ada@example.test');
    expect((await signIn()).status).toBe(200);
    if ('par' in made) expect(issuer.asked.get('/request')).toBe(1);
  });

  it('may rotate their keys', async () => {
    await open();
    await invite('ada@example.test');
    expect((await signIn()).status).toBe(200);
    await issuer.rotateKeys();
    // Keys are asked for at most once a minute, or tokens that name made-up ones would drive the asking.
    expect((await signIn()).code).toBe('person.oidc_refused');
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    try {
      expect((await signIn()).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that are down or elsewhere leave passkeys as the way in', async () => {
    await open();
    await issuer.close();
    const { response } = await start();
    expect([response.status, (await response.json()).code]).toEqual([503, 'person.oidc_unavailable']);
    issuer = await startSignInIssuer({ redirectUri: 'http://localhost/x', accounts });
  });

  it('on private addresses are refused unless the setting allows it', async () => {
    await open({ allowPrivate: false });
    const { response } = await start();
    expect((await response.json()).code).toBe('person.oidc_unavailable');
    expect(issuer.asked.size).toBe(0);
  });
});

describe('what comes back', () => {
  beforeEach(async () => {
    await open();
    await invite('ada@example.test');
  });

  it('is refused in another browser, and that browser signs in nobody: login CSRF', async () => {
    const mallory = await start();
    const path = await visitIssuer().signIn(mallory.url, 'ada');
    expect((await comeBack(path, '')).code).toBe('person.oidc_expired');
    const victim = await start();
    const planted = await comeBack(path, victim.flow);
    expect([planted.code, planted.session]).toEqual(['person.oidc_expired', '']);
  });

  it('is good once, and for 15 minutes', async () => {
    const { url, flow } = await start();
    const path = await visitIssuer().signIn(url, 'ada');
    expect((await comeBack(path, flow)).status).toBe(200);
    expect((await comeBack(path, flow)).code).toBe('person.oidc_expired');
    const late = await start();
    const latePath = await visitIssuer().signIn(late.url, 'ada');
    clock.advance(15 * 60_000);
    expect((await comeBack(latePath, late.flow)).code).toBe('person.oidc_expired');
  });

  it('is refused with the code of another flow: the nonce and PKCE differ', async () => {
    const [one, two] = [await start(), await start()];
    const first = new URL(`http://x${await visitIssuer().signIn(one.url, 'ada')}`);
    const second = new URL(`http://x${await visitIssuer().signIn(two.url, 'ada')}`);
    second.searchParams.set('code', first.searchParams.get('code') ?? '');
    expect((await comeBack(second.pathname + second.search, two.flow)).code).toBe('person.oidc_refused');
  });

  it.each([
    ['of another issuer: mix-up', 'iss', 'https://evil.test', 'person.oidc_refused'],
    ['without its issuer', 'iss', null, 'person.oidc_refused'],
    ['with a code nobody gave', 'code', 'x'.repeat(43), 'person.oidc_refused'],
    ['with a changed state', 'state', 'x'.repeat(72), 'person.oidc_expired'],
    ['without a state', 'state', null, 'person.oidc_expired'],
  ])('is refused %s', async (_what, name, value, code) => {
    const { url, flow } = await start();
    const back = new URL(`http://x${await visitIssuer().signIn(url, 'ada')}`);
    if (value === null) back.searchParams.delete(name);
    else back.searchParams.set(name, value);
    const answer = await comeBack(back.pathname + back.search, flow);
    expect([answer.code, answer.session]).toEqual([code, '']);
    // What the issuer or whoever wrote the address said is not repeated.
    expect(answer.text).not.toContain('evil.test');
  });

  it('may be a refusal, whose words stay with the issuer', async () => {
    const { url, flow } = await start();
    const state = new URL(url).searchParams.get('state') ?? '';
    const query = new URLSearchParams({
      ...{ state, iss: issuer.url, error: 'access_denied' },
      error_description: '<b>call 0900</b>',
    });
    const answer = await comeBack(`/sign-in/oidc/callback?${query}`, flow);
    expect(answer.code).toBe('person.oidc_denied');
    expect(answer.text).not.toContain('0900');
  });

  it('leads nowhere else', async () => {
    for (const path of ['//evil.test', 'https://evil.test', '/\\evil.test', 'javascript:alert(1)']) {
      const { url, flow } = await start(`/sign-in/oidc/start?return=${encodeURIComponent(path)}`);
      const { text } = await comeBack(await visitIssuer().signIn(url, 'ada'), flow);
      expect(text).toContain('content="0; url=/"');
    }
  });

  it('never keeps a session that was there before: fixation', async () => {
    const planted = await house.addPerson(['owner']);
    const { url, flow } = await start('/sign-in/oidc/start', planted.cookie);
    const path = await visitIssuer().signIn(url, 'ada');
    const { session } = await comeBack(path, `${flow}; ${planted.cookie}`);
    expect(session).not.toBe('');
    expect(session).not.toBe(planted.cookie);
    expect((await askPeople(house, session, '/me')).body.id).not.toBe(planted.id);
  });
});

describe('linking an account', () => {
  it('is for a session with a fresh passkey, and belongs to it', async () => {
    await open();
    const ada = await joinTestPerson(house, ['admin']);
    const { url, flow } = await start('/sign-in/oidc/link?return=/', ada.cookie);
    expect((await comeBack(await visitIssuer().signIn(url, 'ada'), flow)).session).toBe('');
    expect(await identities()).toMatchObject([{ person_id: ada.id, subject: 'ada' }]);
    const { session } = await signIn();
    expect((await askPeople(house, session, '/me')).body.id).toBe(ada.id);
    // Not from what the issuer itself opened, nor from a session that is over when the browser comes back.
    const own = await start('/sign-in/oidc/link', session);
    expect((await own.response.json()).code).toBe('person.passkey_needed');
    const late = await start('/sign-in/oidc/link', ada.cookie);
    await askPeople(house, ada.cookie, '/sign-out', {});
    const path = await visitIssuer().signIn(late.url, 'eve');
    expect((await comeBack(path, late.flow)).code).toBe('person.sign_in_required');
    expect((await start('/sign-in/oidc/link')).response.status).toBe(401);
  });

  it('takes no account that is somebody else’s', async () => {
    await open();
    await invite('ada@example.test');
    await signIn();
    const bo = await joinTestPerson(house, ['admin']);
    const { url, flow } = await start('/sign-in/oidc/link', bo.cookie);
    const answer = await comeBack(await visitIssuer().signIn(url, 'ada'), flow);
    expect(answer.code).toBe('person.exists');
  });
});

describe('logging out at the issuer', () => {
  const send = async (token: string) => {
    const response = await house.fetch('/sign-in/oidc/logout', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
    return response.status === 200 ? 200 : (await response.json()).code;
  };

  it('ends what the issuer opened and nothing else, once for each token', async () => {
    await open();
    await invite('ada@example.test');
    const [one, two] = [await signIn(), await signIn()];
    const other = await joinTestPerson(house, ['owner']);
    const token = await issuer.signLogout({ sub: 'ada' });
    expect(await send(token)).toBe(200);
    for (const { session } of [one, two]) expect((await askPeople(house, session, '/me')).status).toBe(401);
    expect((await askPeople(house, other.cookie, '/me')).status).toBe(200);
    expect(await send(token)).toBe('person.oidc_refused');
    expect(await house.kinds()).toContain('person.sessions_ended');
  });

  it('ends the one session that it names', async () => {
    await open();
    await invite('ada@example.test');
    const [one, two] = [await signIn(), await signIn()];
    const rows = await test.store.sql
      .selectFrom('sessions')
      .select('issuer_session')
      .where('method', '=', 'oidc')
      .orderBy('id')
      .execute();
    expect(await send(await issuer.signLogout({ sub: 'ada', sid: rows[0]?.issuer_session }))).toBe(200);
    const answers = await Promise.all([one, two].map(({ session }) => askPeople(house, session, '/me')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'https://evil.test' }],
    ['another audience', { aud: 'other' }],
    ['no event', { events: {} }],
    ['an ID token', { nonce: 'x' }],
    ['nobody named', { sub: undefined }],
    ['no jti', { jti: undefined }],
    ['an old one', { iat: 1, exp: 2 }],
    ['no expiry', { exp: undefined }],
  ])('refuses %s', async (_what, claims) => {
    await open();
    await invite('ada@example.test');
    const { session } = await signIn();
    expect(await send(await issuer.signLogout({ sub: 'ada', ...claims }))).toBe('person.oidc_refused');
    expect((await askPeople(house, session, '/me')).status).toBe(200);
  });

  it('refuses what the issuer did not sign', async () => {
    await open();
    const [head, body] = (await issuer.signLogout({ sub: 'ada' })).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [`${none}.${body}.`, `${head}.${body}.AAAA`, 'x', 'x'.repeat(20_000)]) {
      expect(await send(token)).toBe('person.oidc_refused');
    }
  });
});
