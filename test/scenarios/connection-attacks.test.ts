import {
  beginConnection,
  connectAccount,
  consentAt,
  type Issuer,
  sendHttp,
  startGateway,
  startIssuer,
  startProtectedUpstream,
  type TestGateway,
  type TestPerson,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

let gateway: TestGateway;
let issuer: Issuer;
let upstream: Upstream;
let ada: TestPerson;
let mallory: TestPerson;

beforeAll(async () => {
  issuer = await startIssuer();
  upstream = await startProtectedUpstream({ issuer });
  gateway = await startGateway();
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
  await gateway.addUpstream('files', {
    url: upstream.url,
    credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
  });
  ada = gateway.administrator;
  mallory = await gateway.invite('Mallory', ['owner']);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  await issuer?.close();
});

const begin = (person: TestPerson, account: string) =>
  beginConnection(person, 'files').then((url) => consentAt(url, account));

/** A refusal of the callback, which a person's browser or a program may read. */
const comeBack = async (person: TestPerson, path: string): Promise<string | undefined> =>
  readRefusal(await person.request('GET', path));

const listAll = async (): Promise<readonly { readonly id: string; readonly personId: string }[]> =>
  requireDone<{ items: { id: string; personId: string }[] }>(
    await gateway.operator('GET', '/v1/upstreams/-/connections'),
  ).items;

const countCodes = (): number => issuer.grants.filter(({ grant }) => grant === 'authorization_code').length;

function change(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const url = new URL(path, 'http://here.invalid');
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

describe('upstream.connection-attacks', () => {
  it("does not finish in another person's browser, and the state is used up", async () => {
    const codes = countCodes();
    // Mallory's own account, begun by Mallory, for Ada's browser to finish; and the other way round.
    const planted = await begin(mallory, 'mallory@files');
    expect(await comeBack(ada, planted)).toBe('upstream.authorization_invalid');
    const lured = await begin(ada, 'ada@files');
    expect(await comeBack(mallory, lured)).toBe('upstream.authorization_invalid');
    expect(await comeBack(mallory, planted)).toBe('upstream.authorization_invalid');
    expect(await comeBack(ada, lured)).toBe('upstream.authorization_invalid');
    expect(await listAll()).toEqual([]);
    expect(countCodes()).toBe(codes);
    const refused = await waitForRecord(gateway, 'upstream.connection_refused', { person: ada.id });
    expect(refused).toMatchObject({ body: { by: mallory.id, code: 'upstream.authorization_invalid' } });
  });

  it('does not finish in another session of the same person, or in none', async () => {
    const path = await begin(mallory, 'mallory@files');
    const begun = await mallory.request('POST', '/v1/people/sign-in/begin', {});
    const { challenge } = requireDone<{ challenge: string }>(begun);
    const signedIn = await mallory.request(
      'POST',
      '/v1/people/sign-in/finish',
      mallory.passkey.assert(challenge),
    );
    const cookie = signedIn.headers['set-cookie']?.split(';')[0] ?? '';
    expect(cookie).not.toBe('');
    const nobody = await sendHttp({ method: 'GET', url: gateway.url + path });
    expect(readRefusal(nobody)).toBe('person.sign_in_required');
    const elsewhere = await sendHttp({ method: 'GET', url: gateway.url + path, headers: { cookie } });
    expect(readRefusal(elsewhere)).toBe('upstream.authorization_invalid');
    expect(await listAll()).toEqual([]);
  });

  it('takes no answer of another issuer, and none without its name', async () => {
    const codes = countCodes();
    for (const iss of ['https://evil.example', `${issuer.url}/`, null]) {
      const path = change(await begin(ada, 'ada@files'), { iss });
      expect(await comeBack(ada, path), String(iss)).toBe('upstream.authorization_invalid');
    }
    const twice = `${await begin(ada, 'ada@files')}&iss=https%3A%2F%2Fevil.example`;
    expect(await comeBack(ada, twice)).toBe('upstream.authorization_invalid');
    expect(countCodes()).toBe(codes);
    expect(await listAll()).toEqual([]);
  });

  it('takes no code that another beginning got', async () => {
    const stolen = new URL(await begin(mallory, 'mallory@files'), gateway.url).searchParams.get('code');
    const path = change(await begin(ada, 'ada@files'), { code: stolen });
    // PKCE: the issuer itself finds that the code was got with another challenge.
    expect(await comeBack(ada, path)).toBe('upstream.credential_unavailable');
    expect(issuer.grants.at(-1)).toMatchObject({ grant: 'authorization_code', ok: false });
    expect(await listAll()).toEqual([]);
  });

  it('counts once, and not late', async () => {
    const path = await begin(ada, 'ada@files');
    expect((await ada.request('GET', path)).status).toBe(200);
    expect(await comeBack(ada, path)).toBe('upstream.authorization_invalid');
    const late = await begin(mallory, 'mallory@files');
    gateway.advance(601_000);
    expect(await comeBack(mallory, late)).toBe('upstream.authorization_invalid');
    expect((await listAll()).map(({ personId }) => personId)).toEqual([ada.id]);
  });

  it('refuses states that are made up, doubled or missing, and a refusal of the issuer', async () => {
    const real = await begin(mallory, 'mallory@files');
    for (const path of [
      '/upstreams/callback',
      change(real, { state: 'A'.repeat(43) }),
      change(real, { state: "' OR 1=1" }),
      `${real}&state=${'A'.repeat(43)}`,
      `${real}&more=${'x'.repeat(9000)}`,
    ]) {
      expect(await comeBack(mallory, path), path.slice(0, 60)).toBe('upstream.authorization_invalid');
    }
    const denied = change(real, { code: null, error: 'access_denied' });
    expect(await comeBack(mallory, denied)).toBe('upstream.authorization_invalid');
    expect(await comeBack(mallory, real)).toBe('upstream.authorization_invalid');
  });

  it('is begun by a person in a browser alone', async () => {
    const byOperator = await gateway.operator('POST', '/v1/upstreams/files/connections/begin');
    expect(readRefusal(byOperator)).toBe('person.sign_in_required');
    const path = '/v1/upstreams/files/connections/begin';
    const crossSite = await ada.request('POST', path, undefined, {
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
    });
    expect(readRefusal(crossSite)).toBe('person.origin_refused');
  });

  it("lends nobody's tokens through the settings, and lets nobody put others in their place", async () => {
    requireDone(await connectAccount(mallory, 'files', 'mallory@files'));
    const [connection] = await listAll();
    // What the secret store keeps them under; it is on no list.
    const name = `connection-${connection?.id.toLowerCase().replace('_', '-')}`;
    expect((await gateway.operator('GET', '/v1/secrets')).body).not.toContain('connection-');
    const stored = await gateway.operator('PUT', `/v1/secrets/${name}`, { value: '{"accessToken":"mine"}' });
    expect(readRefusal(stored)).toBe('secret.invalid');
    const settings = {
      url: upstream.url,
      allowPrivate: true,
      headers: { 'x-api-key': `{secret:${name}}` },
    };
    const added = await gateway.operator('POST', '/v1/upstreams', {
      name: 'thief',
      kind: 'mcp-http',
      settings,
    });
    expect(readRefusal(added)).toBe('upstream.settings_invalid');
    const asClient = {
      url: upstream.url,
      allowPrivate: true,
      credential: {
        kind: 'client-credentials',
        clientId: 'thief',
        clientSecret: `{secret:${name}}`,
        issuer: issuer.url,
        allowPrivate: true,
      },
    };
    const second = await gateway.operator('POST', '/v1/upstreams', {
      name: 'thief',
      kind: 'mcp-http',
      settings: asClient,
    });
    expect(readRefusal(second)).toBe('upstream.settings_invalid');
  });

  it('shows the page to whoever is signed in, and begins nothing by looking', async () => {
    const page = await ada.request('GET', '/upstreams/files/connect');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Connect your account at files');
    const stranger = await sendHttp({ method: 'GET', url: `${gateway.url}/upstreams/files/connect` });
    expect(stranger.status).toBe(303);
    expect(stranger.headers.location).toBe('/sign-in?return=%2Fupstreams%2Ffiles%2Fconnect');
    const cross = await sendHttp({
      method: 'GET',
      url: `${gateway.url}/upstreams/callback?state=x&code="><script>`,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(cross.status).toBe(200);
    expect(cross.body).not.toContain('<script>');
  });
});
