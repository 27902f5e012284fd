import { encodeId } from '@countersign/core';
import {
  type AgentKey,
  createManualClock,
  makeAgentKey,
  makeClientAssertion,
  makeDpopProof,
} from '@countersign/testkit';
import { getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../people/index.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestServer, type TestServer } from '../open-test-server.ts';
import { addIntrospectionClient, removeIntrospectionClient } from './introspection-clients.ts';
import { revokeToken } from './revoke-token.ts';
import { createStatusRoutes } from './routes.ts';

const clock = createManualClock();
const operator: Actor = { kind: 'operator' };
const payments = 'http://localhost:7420/mcp/payments';
const files = 'http://localhost:7420/mcp/files';

let keys: { mine: AgentKey; other: AgentKey };
let test: TestStore;
let server: TestServer;
let status: ReturnType<typeof createStatusRoutes>;
let owner: string;
let agent: string;
let other: string;
let task: string;

beforeAll(async () => {
  keys = { mine: await makeAgentKey('ES256'), other: await makeAgentKey('ES256') };
});

beforeEach(async () => {
  test = await openTestStore();
  await start(test.store);
  owner = await server.addPerson();
  const add = (key: AgentKey) => server.addAgent({ owner, jwk: key.publicJwk, thumbprint: key.thumbprint });
  agent = await add(keys.mine);
  other = await add(keys.other);
  const delegation = await server.addDelegation({ agent, owner });
  task = await server.addTask({ agent, delegation });
});

afterEach(() => test.remove());

async function start(store: TestStore['store']) {
  server = await openTestServer({ store, now: clock.now });
  status = createStatusRoutes(server.context);
  status.onError((_, c) => c.body(null, 500));
}

const assertion = async (key = keys.mine, clientId = agent): Promise<[string, string][]> => [
  ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  [
    'client_assertion',
    await makeClientAssertion({ key, clientId, audience: server.issuer, at: clock.now() }),
  ],
];

async function issue(resource = payments): Promise<string> {
  const details = JSON.stringify([{ type: 'agent_task', task }]);
  const htu = `${server.issuer}/oauth/token`;
  const nonce = server.context.tokens.nextNonce();
  const dpop = await makeDpopProof({ key: keys.mine, htm: 'POST', htu, at: clock.now(), nonce });
  const form = [
    ['grant_type', 'client_credentials'],
    ['resource', resource],
    ['authorization_details', details],
    ...(await assertion()),
  ];
  const response = await server.app.request('/oauth/token', post(form, { dpop }));
  const body: { access_token?: string } = await response.json();
  if (body.access_token === undefined) throw new Error(JSON.stringify(body));
  return body.access_token;
}

function post(form: readonly (readonly string[])[], headers: Record<string, string> = {}): RequestInit {
  const body = new URLSearchParams(form.map(([name = '', value = '']) => [name, value])).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', body, headers: { ...type, ...headers } };
}

async function send(path: string, form: readonly (readonly string[])[], headers?: Record<string, string>) {
  const response = await status.request(path, post(form, headers));
  const text = await response.text();
  const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body };
}

async function use(token: string): Promise<string> {
  const nonce = server.context.tokens.nextNonce();
  const dpop = await makeDpopProof({
    ...{ key: keys.mine, htm: 'POST', htu: payments, accessToken: token, at: clock.now(), nonce },
  });
  const presented = { authorization: [`DPoP ${token}`], dpop: [dpop], method: 'POST' };
  return server.context.tokens.verifyPresented({ ...presented, url: payments, audience: payments }).then(
    () => 'used',
    (error: { code: string }) => error.code,
  );
}

/** As any relying party would: verified with the published keys, read with a library that is not ours. */
async function readList(token: string): Promise<number> {
  const { idx, uri } = getStatusListFromJWT(token);
  const response = await status.request(new URL(uri).pathname, {
    headers: { accept: 'application/statuslist+jwt' },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/statuslist+jwt',
  ]);
  const list = await response.text();
  const jwks: JSONWebKeySet = await (await server.app.request('/oauth/jwks')).json();
  const { payload } = await jwtVerify(list, createLocalJWKSet(jwks), {
    ...{ typ: 'statuslist+jwt', subject: uri, currentDate: new Date(clock.now()), algorithms: ['ES256'] },
  });
  expect(payload).toMatchObject({ ttl: 10, exp: (payload.iat ?? 0) + 20 });
  return getListFromStatusListJWT(list).getStatus(idx);
}

describe('the status list', () => {
  it('says of each token what has become of it, to a verifier that is not ours', async () => {
    const [first, second] = [await issue(), await issue()];
    expect(decodeJwt(first).status).not.toEqual(decodeJwt(second).status);
    expect(await readList(first)).toBe(0);
    await revokeToken(server.context, operator, { tokenId: decodeJwt(first).jti });
    clock.advance(1_000);
    expect([await readList(first), await readList(second)]).toEqual([1, 0]);
    server.context.stops.apply('agent', agent);
    clock.advance(1_000);
    expect([await readList(first), await readList(second)]).toEqual([1, 2]);
    server.context.stops.lift('agent', agent);
    await server.context.store.sql.updateTable('tasks').set({ ended_at: clock.now() }).execute();
    clock.advance(1_000);
    expect(await readList(second)).toBe(1);
  });

  it('is the same list after a restart, and goes on refusing what was revoked', async () => {
    const [kept, ended] = [await issue(), await issue()];
    await revokeToken(server.context, operator, { tokenId: decodeJwt(ended).jti });
    await start(await test.reopen());
    expect([await readList(kept), await readList(ended)]).toEqual([0, 1]);
    expect([await use(kept), await use(ended)]).toEqual(['used', 'token.revoked']);
    // Tokens of this process stand in a list of their own.
    expect(getStatusListFromJWT(await issue()).uri).not.toBe(getStatusListFromJWT(kept).uri);
  });

  it('tells nothing to who guesses places, asks for another form or for the past', async () => {
    const { idx, uri } = getStatusListFromJWT(await issue());
    const path = new URL(uri).pathname;
    const list = getListFromStatusListJWT(await (await status.request(path)).text());
    // Whether a neighbouring place was given to anyone cannot be seen.
    expect(list.statusList.every((value) => value === 0)).toBe(true);
    expect(list.statusList.length).toBeGreaterThan(30_000);
    expect(idx).toBeLessThan(list.statusList.length);
    const get = async (at: string, accept = '*/*') =>
      (await status.request(at, { headers: { accept } })).status;
    expect(await get(`${path}?time=1`)).toBe(501);
    expect(await get(path, 'application/statuslist+cwt')).toBe(406);
    expect(await get('/oauth/status/AAAAAAAAAAAA')).toBe(500);
  });

  it('is let go of after its last token', async () => {
    const { uri } = getStatusListFromJWT(await issue());
    const { statusLists } = server.context.tokens;
    clock.advance(301_000);
    await issue();
    statusLists.prune(clock.now());
    expect(statusLists.find(uri.slice(-12))).toBeUndefined();
  });
});

describe('revocation (RFC 7009)', () => {
  it("ends the client's own token at once and for good, and says so once", async () => {
    const token = await issue();
    expect(await use(token)).toBe('used');
    const hint = ['token_type_hint', 'refresh_token'];
    expect(await send('/oauth/revoke', [['token', token], hint, ...(await assertion())])).toEqual({
      ...{ status: 200, body: {} },
    });
    expect(await use(token)).toBe('token.revoked');
    expect((await send('/oauth/revoke', [['token', token], ...(await assertion())])).status).toBe(200);
    const jti = decodeJwt(token).jti;
    const records = await server.records('token.revoked');
    expect(records).toMatchObject([
      { agent, task, body: { token: jti, by: `client:${agent}`, cutCount: 0 } },
    ]);
    expect(JSON.stringify(records)).not.toContain(token);
    await start(await test.reopen());
    expect(await use(token)).toBe('token.revoked');
  });

  it('says 200 to what is no token, and refuses who does not say who it is', async () => {
    const auth = await assertion();
    expect((await send('/oauth/revoke', [['token', 'nonsense'], ...auth])).status).toBe(200);
    const { status: code, body } = await send('/oauth/revoke', [['token', await issue()]]);
    expect([code, body.error]).toEqual([401, 'invalid_client']);
    expect((await send('/oauth/revoke', await assertion())).body.error).toBe('invalid_request');
    const twice = [['token', 'a'], ['token', 'b'], ...(await assertion())];
    expect((await send('/oauth/revoke', twice)).body.error).toBe('invalid_request');
  });

  it("does not end another client's token", async () => {
    const token = await issue();
    const form = [['token', token], ...(await assertion(keys.other, other))];
    const { status: code, body } = await send('/oauth/revoke', form);
    expect([code, body.error, body.code]).toEqual([400, 'unauthorized_client', 'token.revocation_refused']);
    expect(await use(token)).toBe('used');
  });

  it('is for a person, too, but not over what is not theirs', async () => {
    const token = await issue();
    const tokenId = decodeJwt(token).jti;
    const stranger: Actor = {
      ...{ kind: 'person', person: await server.addPerson(), roles: ['owner'] },
      ...{ session: 'ses_x', verifiedAt: clock.now(), isFresh: true },
    };
    await expect(revokeToken(server.context, stranger, { tokenId })).rejects.toMatchObject({
      code: expect.stringMatching(/^(person\.forbidden|agent\.not_found)$/),
    });
    expect(await use(token)).toBe('used');
    const unknown = encodeId('tok', clock.now(), new Uint8Array(10));
    await expect(revokeToken(server.context, operator, { tokenId: unknown })).rejects.toMatchObject({
      code: 'token.not_found',
    });
    expect(await revokeToken(server.context, operator, { tokenId, reason: 'Lost laptop' })).toMatchObject({
      ...{ id: tokenId, agentId: agent, cut: [] },
    });
    expect(await use(token)).toBe('token.revoked');
  });

  it('stays in force when it cannot be written', async () => {
    const token = await issue();
    const transaction = () => Promise.reject(new Error('disk'));
    const broken = { ...server.context, store: { ...test.store, transaction } };
    const tokenId = decodeJwt(token).jti;
    await expect(revokeToken(broken, operator, { tokenId })).rejects.toThrow('disk');
    expect(await use(token)).toBe('token.revoked');
  });
});

describe('introspection (RFC 7662)', () => {
  const guardOf = async (upstreams: readonly string[] | '*', name = 'billing') => {
    const { token } = await addIntrospectionClient(server.context, operator, { name, upstreams });
    return { authorization: `Bearer ${token}` };
  };

  it('tells the guard of an upstream all it needs', async () => {
    const token = await issue();
    const { body } = await send('/oauth/introspect', [['token', token]], await guardOf(['payments']));
    expect(body).toMatchObject({
      ...{ active: true, token_type: 'DPoP', sub: agent, client_id: agent, aud: [payments], task },
      ...{ iss: server.issuer, cnf: { jkt: keys.mine.thumbprint }, jti: decodeJwt(token).jti },
      authorization_details: [{ type: 'agent_task', task }],
      exp: decodeJwt(token).exp,
    });
    expect(body.chain).toHaveLength(1);
  });

  it('tells an agent of its own', async () => {
    const token = await issue();
    expect((await send('/oauth/introspect', [['token', token], ...(await assertion())])).body.active).toBe(
      true,
    );
  });

  it.each([
    ['a token for another upstream', async () => [await issue(), await guardOf(['files'])] as const],
    ['no token', async () => ['x', await guardOf('*')] as const],
    [
      'a token with a changed signature',
      async () => [`${(await issue()).slice(0, -8)}AAAAAAAA`, await guardOf('*')] as const,
    ],
    [
      'a revoked token',
      async () => {
        const token = await issue();
        await revokeToken(server.context, operator, { tokenId: decodeJwt(token).jti });
        return [token, await guardOf('*')] as const;
      },
    ],
    [
      'an expired token',
      async () => {
        const token = await issue();
        clock.advance(300_000);
        return [token, await guardOf('*')] as const;
      },
    ],
    [
      'a token of a stopped agent',
      async () => {
        const token = await issue();
        server.context.stops.apply('agent', agent);
        return [token, await guardOf('*')] as const;
      },
    ],
  ])('tells nothing but that it is not active of %s', async (_what, prepare) => {
    const [token, headers] = await prepare();
    expect(await send('/oauth/introspect', [['token', token]], headers)).toEqual({
      ...{ status: 200, body: { active: false } },
    });
  });

  it("tells another agent nothing of someone else's", async () => {
    const form = [['token', await issue(files)], ...(await assertion(keys.other, other))];
    expect((await send('/oauth/introspect', form)).body).toEqual({ active: false });
  });

  it('answers nobody it does not know, and no one whose token was taken back', async () => {
    const token = await issue();
    const ask = async (headers: Record<string, string>) =>
      (await send('/oauth/introspect', [['token', token]], headers)).body.error;
    expect(await ask({})).toBe('invalid_client');
    expect(await ask({ authorization: `Bearer csi_${'A'.repeat(43)}` })).toBe('invalid_client');
    expect(await ask({ authorization: `Bearer ${token}` })).toBe('invalid_client');
    expect(await ask({ authorization: 'Basic YTpi' })).toBe('invalid_client');
    const headers = await guardOf('*', 'gone');
    expect(await ask(headers)).toBeUndefined();
    await removeIntrospectionClient(server.context, operator, { name: 'gone' });
    expect(await ask(headers)).toBe('invalid_client');
    const kept = await server.context.store.sql.selectFrom('introspection_clients').selectAll().execute();
    expect(JSON.stringify([kept, server.logged()])).not.toContain(headers.authorization.slice(7));
  });

  it('reads no more than it must', async () => {
    const headers = await guardOf('*');
    const huge = await send('/oauth/introspect', [['token', 'x'.repeat(20_000)]], headers);
    expect([huge.status, huge.body.error]).toEqual([400, 'invalid_request']);
  });
});

describe('when the store does not answer', () => {
  const silence = (how: () => Promise<never>) => {
    const { tokens, ...rest } = server.context;
    return { ...rest, tokens, store: { ...test.store, transaction: how } };
  };

  it('no token older than its freshness is honoured, and a younger one is', async () => {
    const old = await issue();
    expect(await use(old)).toBe('used');
    clock.advance(20_000);
    const young = await issue();
    await test.store.close();
    expect([await use(old), await use(young)]).toEqual(['token.status_unknown', 'used']);
    clock.advance(11_000);
    expect(await use(young)).toBe('token.status_unknown');
    const jti = decodeJwt(young).jti ?? '';
    expect(server.context.tokens.status.isHonoured({ jti, issuedAt: clock.now() + 60_000 })).toBe(false);
  });

  it('nobody waits for it for long', async () => {
    const { createStatusView } = await import('./create-status-view.ts');
    const store = { transaction: () => new Promise<never>(() => {}) };
    const { tokens, platform } = silence(() => Promise.reject(new Error('gone')));
    const view = createStatusView({ store, platform, revoked: tokens.revoked, freshnessSeconds: 10 });
    const token = { jti: 'tok_x', issuedAt: clock.now() - 60_000 };
    await expect(view.requireHonoured(token)).rejects.toMatchObject({ code: 'token.status_unknown' });
  });

  it('neither introspection nor a list says anything', async () => {
    const token = await issue();
    const { uri } = getStatusListFromJWT(token);
    const { token: secret } = await addIntrospectionClient(server.context, operator, {
      ...{ name: 'guard', upstreams: '*' },
    });
    clock.advance(11_000);
    await test.store.close();
    const asked = await send('/oauth/introspect', [['token', token]], { authorization: `Bearer ${secret}` });
    expect([500, 503]).toContain(asked.status);
    expect(asked.body).not.toHaveProperty('active');
    expect((await status.request(new URL(uri).pathname)).status).not.toBe(200);
  });
});
