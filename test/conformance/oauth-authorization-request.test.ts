import { openConsent, readLocation, sendHttp } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import {
  APP,
  describeApp,
  NATIVE,
  readError,
  readPageCode,
  useApplication,
  WEB,
} from './oauth-ground/use-application.ts';

const app = useApplication();
const get = (link: string) => {
  const { pathname, search } = new URL(link);
  return app().person.request('GET', `${pathname}${search}`);
};
/** What a refusal tells the client, at the address it says. */
const told = (location: string | undefined) => {
  const { origin, pathname, searchParams } = new URL(location ?? 'about:blank');
  return { at: `${origin}${pathname}`, ...Object.fromEntries(searchParams) };
};

describe('token.authorization-redirect: an answer goes to the client alone', () => {
  it.each([
    ['another host', 'https://evil.example/callback'],
    ['a user before the host', 'https://app.example@evil.example/callback'],
    ['a longer host', 'https://app.example.evil.example/callback'],
    ['a host of other letters', 'https://аpp.example/callback'],
    ['another path', 'https://app.example/callback/../steal'],
    ['another port', 'https://app.example:8443/callback'],
    ['an address that only looks like loopback', 'http://127.0.0.1:33418@evil.example/callback'],
    ['another loopback path', 'http://127.0.0.1:33418/steal'],
    ['a script', 'javascript:alert(document.domain)'],
    ['nothing', undefined],
  ])('and never to %s', async (_what, redirect_uri) => {
    const reply = await get(app().create().link({ redirect_uri }));
    expect(reply.status).toBe(400);
    expect(reply.headers.location).toBeUndefined();
    expect(readPageCode(reply)).toBe('token.redirect_refused');
    expect(reply.body).not.toContain('evil.example');
  });

  it('shows what is wrong with the client, and leads nowhere', async () => {
    const { documents } = app();
    documents.publish('https://liar.example/c', describeApp(APP));
    for (const [client_id, code] of [
      ['https://liar.example/c', 'token.client_metadata_invalid'],
      ['https://nobody.example/c', 'token.client_metadata_invalid'],
      ['http://app.example/client.json', 'token.client_unknown'],
      ['clt_01KDVE7KY019VB0XXJC4PFKBJT', 'token.client_unknown'],
      ['agt_01KDVE7KY019VB0XXJC4PFKBJT', 'token.client_unknown'],
    ] as const) {
      const reply = await get(app().create().link({ client_id }));
      expect([readPageCode(reply), reply.headers.location], client_id).toEqual([code, undefined]);
      expect(reply.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
    const twice = await get(`${app().create().link()}&client_id=${encodeURIComponent(APP)}`);
    expect([readPageCode(twice), twice.headers.location]).toEqual(['token.request_invalid', undefined]);
  });

  it('leads people to a web address nobody vouches for only by their own hand', async () => {
    const client = app().create({ redirectUri: WEB });
    const reply = await get(client.link({ response_type: 'token' }));
    expect([reply.status, reply.headers.location]).toEqual([400, undefined]);
    const href = /<a href="([^"]+)" rel="noreferrer">/.exec(reply.body)?.[1]?.replaceAll('&amp;', '&');
    expect(told(href)).toMatchObject({ at: WEB, error: 'unsupported_response_type', state: client.state });
    expect(reply.body).toContain('<b><bdi>app.example</bdi></b>');
  });
});

describe('token.authorization-request: each refusal is the one that its RFC names, with the issuer', () => {
  const jkt = 'x'.repeat(43);
  it.each<[string, { readonly [name: string]: string | undefined }, string]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['no code challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a challenge without a method', { code_challenge_method: undefined }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge of the wrong length', { code_challenge: 'short' }, 'invalid_request'],
    ['a fragment response', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'eyJ' }, 'invalid_request'],
    ['no resource', { resource: undefined }, 'invalid_target'],
    ['a foreign resource', { resource: 'https://other.example/mcp/shop' }, 'invalid_target'],
    ['an unknown upstream', { resource: 'SELF/mcp/nowhere' }, 'invalid_target'],
    ['the control resource', { resource: 'SELF/v1/tasks' }, 'invalid_target'],
    ['an unknown prompt', { prompt: 'please' }, 'invalid_request'],
    ['prompts that contradict', { prompt: 'none consent' }, 'invalid_request'],
    ['a malformed key', { dpop_jkt: 'x' }, 'invalid_request'],
    ['unknown details', { authorization_details: '[{"type":"x"}]' }, 'invalid_authorization_details'],
    [
      'details of another field',
      { authorization_details: '[{"type":"agent_delegation","x":1}]' },
      'invalid_authorization_details',
    ],
    ['details that are no JSON', { authorization_details: '{' }, 'invalid_authorization_details'],
    ['an endless scope', { scope: 'x'.repeat(2000), dpop_jkt: jkt }, 'invalid_request'],
  ])('for %s', async (_what, changes, error) => {
    const { gateway } = app();
    const client = app().create();
    const resource = changes.resource?.replace('SELF', gateway.url);
    const reply = await get(client.link('resource' in changes ? { ...changes, resource } : changes));
    expect(told(reply.headers.location)).toMatchObject({
      ...{ at: NATIVE, error, state: client.state, iss: gateway.url },
    });
  });

  it('for a repeated parameter, and without a state that is repeated', async () => {
    const reply = await get(`${app().create().link()}&code_challenge=${'x'.repeat(43)}`);
    expect(told(reply.headers.location)).toMatchObject({ error: 'invalid_request' });
    const states = told((await get(`${app().create().link()}&state=other`)).headers.location);
    expect(states).toMatchObject({ error: 'invalid_request' });
    expect(states).not.toHaveProperty('state');
  });

  it('for one who may not delegate', async () => {
    const approver = await app().gateway.invite('Approver', ['approver']);
    const { reply } = await openConsent(approver, app().create().link());
    expect(told(reply.headers.location)).toMatchObject({ at: NATIVE, error: 'access_denied' });
  });
});

describe('token.authorization-strangers: nobody is asked before they have signed in', () => {
  const visit = (link: string, headers = {}) => sendHttp({ method: 'GET', url: link, headers });

  it('and nothing is fetched or kept for a stranger', async () => {
    const { documents } = app();
    const before = documents.fetched.get('https://cold.example/c') ?? 0;
    const reply = await visit(app().create().link({ client_id: 'https://cold.example/c' }));
    expect(reply.body).toContain('Use a passkey');
    expect(reply.body).toMatch(/data-return="\/oauth\/authorize\?response_type=code/);
    expect(documents.fetched.get('https://cold.example/c') ?? 0).toBe(before);
  });

  it('who comes from another site comes back once, so that the cookie comes along', async () => {
    const reply = await visit(app().create().link(), { 'sec-fetch-site': 'cross-site' });
    expect(reply.body).toContain('http-equiv="refresh" content="0; url=/oauth/authorize?response_type=code');
  });

  it('and prompt=none says login_required, or that consent is needed', async () => {
    const client = app().create();
    const stranger = await visit(client.link({ prompt: 'none' }));
    expect(told(stranger.headers.location)).toMatchObject({ error: 'login_required', state: client.state });
    const known = await get(client.link({ prompt: 'none' }));
    expect(told(known.headers.location)).toMatchObject({ error: 'consent_required' });
  });
});

describe('token.pushed-request: RFC 9126', () => {
  const push = async (changes = {}) => {
    const { status, json } = await app().create().push(changes);
    return { status, ...(json as { request_uri?: string; expires_in?: number; error?: string }) };
  };
  const open = (request_uri: string | undefined, client_id = APP) =>
    `${app().gateway.url}/oauth/authorize?${new URLSearchParams({ client_id, request_uri: request_uri ?? '' })}`;

  it('keeps a request for its client, and uses it up with its first page', async () => {
    const pushed = await push();
    expect(pushed).toMatchObject({ status: 201, expires_in: 300 });
    expect(pushed.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/);
    const first = await openConsent(app().person, open(pushed.request_uri));
    expect(first.reply.status).toBe(200);
    expect((await openConsent(app().person, open(pushed.request_uri))).id).toBe(first.id);
    const other = await app().gateway.invite('Other', ['owner']);
    const reused = await openConsent(other, open(pushed.request_uri));
    expect(readPageCode(reused.reply)).toBe('token.request_uri_invalid');
    await first.deny();
  });

  it('knows no request of another client, no expired and no made-up one', async () => {
    app().documents.publish('https://second.example/c', describeApp('https://second.example/c'));
    const { request_uri } = await push();
    for (const link of [
      open(request_uri, 'https://second.example/c'),
      open('urn:ietf:params:oauth:request_uri:made-up'),
      open('https://evil.example/request.jwt'),
    ])
      expect(readPageCode(await get(link))).toBe('token.request_uri_invalid');
    app().gateway.advance(301_000);
    expect(readPageCode(await get(open(request_uri)))).toBe('token.request_uri_invalid');
  });

  it.each([
    [
      'a redirect elsewhere',
      { redirect_uri: 'https://evil.example/' },
      [400, 'invalid_request', 'token.redirect_refused'],
    ],
    ['no PKCE', { code_challenge: undefined }, [400, 'invalid_request', 'token.request_invalid']],
    ['another request', { request_uri: 'urn:x' }, [400, 'invalid_request', 'token.request_invalid']],
    [
      'an unknown client',
      { client_id: 'clt_01KDVE7KY019VB0XXJC4PFKBJT' },
      [401, 'invalid_client', 'token.client_unknown'],
    ],
    ['a secret', { client_secret: 'x' }, [401, 'invalid_client', 'token.client_assertion_invalid']],
  ])('refuses %s at once', async (_what, changes, expected) => {
    expect(readError(await app().create().push(changes))).toEqual(expected);
  });

  it('ignores what else the address says', async () => {
    const { request_uri } = await push();
    const link = `${open(request_uri)}&redirect_uri=${encodeURIComponent('https://evil.example/')}&state=other`;
    const consent = await openConsent(app().person, link);
    const back = readLocation(await consent.deny());
    expect(`${back.origin}${back.pathname}`).toBe(NATIVE);
    expect(back.searchParams.get('state')).not.toBe('other');
  });
});
