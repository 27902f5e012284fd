import {
  type AgentKey,
  type ClientAssertionInput,
  createManualClock,
  type DpopForgery,
  makeAgentKey,
  makeClientAssertion,
  makeDpopProof,
} from '@countersign/testkit';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { openTestServer, type TestServer } from './open-test-server.ts';

const clock = createManualClock();
let agentKey: AgentKey;
let strangerKey: AgentKey;
let test: TestStore;
let server: TestServer;
let owner: string;
let agent: string;
let delegation: string;

beforeAll(async () => {
  agentKey = await makeAgentKey('EdDSA');
  strangerKey = await makeAgentKey('ES256');
});

beforeEach(async () => {
  test = await openTestStore();
  server = await openTestServer({ store: test.store, now: clock.now });
  owner = await server.addPerson();
  agent = await server.addAgent({ owner, jwk: agentKey.publicJwk, thumbprint: agentKey.thumbprint });
  delegation = await server.addDelegation({ agent, owner });
});

afterEach(() => test.remove());

const payments = 'http://localhost:7420/mcp/payments';

interface Attempt {
  readonly parameters?: readonly [string, string][];
  readonly assertion?: Partial<ClientAssertionInput>;
  readonly rawAssertion?: string;
  readonly proofKey?: AgentKey;
  readonly proof?: DpopForgery;
  readonly headers?: Record<string, string>;
}

async function requestToken(attempt: Attempt = {}) {
  const input = {
    key: agentKey,
    clientId: agent,
    audience: server.issuer,
    at: clock.now(),
    ...attempt.assertion,
  };
  const form = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', attempt.rawAssertion ?? (await makeClientAssertion(input))],
    ...(attempt.parameters ?? []),
  ]);
  const dpop = await makeDpopProof({
    ...{
      key: attempt.proofKey ?? agentKey,
      htm: 'POST',
      htu: `${server.issuer}/oauth/token`,
      at: clock.now(),
    },
    ...{ nonce: server.context.tokens.nextNonce(), forge: attempt.proof ?? {} },
  });
  return post(form, { dpop, ...attempt.headers });
}

async function post(form: URLSearchParams | string, headers: Record<string, string>) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', body: form.toString(), headers: { ...type, ...headers } };
  const response = await server.app.request('/oauth/token', request);
  const body: Record<string, unknown> = await response.json();
  return { status: response.status, headers: response.headers, body };
}

const forTask = (task: string, resource = payments): [string, string][] => [
  ['resource', resource],
  ['authorization_details', JSON.stringify([{ type: 'agent_task', task }])],
];

const refusalOf = async (attempt: Attempt) => {
  const { status, body } = await requestToken(attempt);
  expect(body).not.toHaveProperty('access_token');
  return [status, body.error, body.code];
};

const use = (accessToken: string, audience: string, key = agentKey) =>
  makeDpopProof({
    ...{
      key,
      htm: 'POST',
      htu: audience,
      accessToken,
      at: clock.now(),
      nonce: server.context.tokens.nextNonce(),
    },
  }).then((proof) =>
    server.context.tokens.verifyPresented({
      ...{ authorization: [`DPoP ${accessToken}`], dpop: [proof], method: 'POST', url: audience, audience },
    }),
  );

describe('a token', () => {
  it('to manage tasks comes without naming one', async () => {
    const { status, headers, body } = await requestToken();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 300, scope: 'tasks' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('dpop-nonce')).toBe(server.context.tokens.nextNonce());
    const token = String(body.access_token);
    expect(await use(token, `${server.issuer}/v1/tasks`)).toMatchObject({
      agentId: agent,
      taskId: null,
      ownerId: owner,
    });
    await expect(use(token, payments)).rejects.toMatchObject({ code: 'token.audience_mismatch' });
  });

  it('for a task says which task, whose authority and for which upstreams, and is signed by a published key', async () => {
    const task = await server.addTask({ agent, delegation });
    const { body } = await requestToken({
      parameters: [['resource', 'http://localhost:7420/mcp/files'], ...forTask(task)],
    });
    const token = String(body.access_token);
    const jwks = await (await server.app.request('/oauth/jwks')).json();
    expect(jwks.keys).toHaveLength(1);
    expect(JSON.stringify(jwks)).not.toContain('"d"');

    const { payload } = await jwtVerify(token, await importJWK(jwks.keys[0]), {
      ...{ typ: 'at+jwt', issuer: server.issuer, audience: payments, subject: agent },
      ...{ currentDate: new Date(clock.now()), algorithms: ['ES256'] },
    });
    const details = [{ type: 'agent_task', task }];
    expect(payload).toMatchObject({
      task,
      owner,
      chain: [delegation],
      client_id: agent,
      authorization_details: details,
    });
    expect(payload).toMatchObject({ cnf: { jkt: agentKey.thumbprint }, client_jkt: agentKey.thumbprint });
    expect(payload.aud).toEqual(['http://localhost:7420/mcp/files', payments]);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: jwks.keys[0].kid });
    expect(body.authorization_details).toEqual(details);
    expect(await use(token, payments)).toMatchObject({ taskId: task, chain: [delegation] });
  });

  it('may be bound to a separate proof key, and then works with no other', async () => {
    const { body } = await requestToken({ proofKey: strangerKey });
    const token = String(body.access_token);
    const control = `${server.issuer}/v1/tasks`;
    expect(await use(token, control, strangerKey)).toMatchObject({
      ...{ key: strangerKey.thumbprint, registeredKey: agentKey.thumbprint },
    });
    await expect(use(token, control, agentKey)).rejects.toMatchObject({ code: 'token.proof_invalid' });
    expect((await server.records('token.issued'))[0]).toMatchObject({
      ...{ agent, key: agentKey.thumbprint, body: { proofKey: strangerKey.thumbprint, use: 'control' } },
    });
  });

  it('never outlives its task, its delegation or a rotated key', async () => {
    const soon = await server.addTask({ agent, delegation, expiresAt: clock.now() + 90_000 });
    expect((await requestToken({ parameters: forTask(soon) })).body.expires_in).toBe(90);
    const short = await server.addDelegation({ agent, owner, expiresAt: clock.now() + 60_000 });
    const task = await server.addTask({ agent, delegation: short });
    expect((await requestToken({ parameters: forTask(task) })).body.expires_in).toBe(60);
    const validUntil = clock.now() + 30_000;
    const { publicJwk: jwk, thumbprint } = strangerKey;
    const clientId = await server.addAgent({ owner, jwk, thumbprint, validUntil });
    const { body } = await requestToken({ assertion: { key: strangerKey, clientId } });
    expect(body.expires_in).toBe(30);
  });

  it('is for a task opened under the default delegation when the client names none', async () => {
    const without = await requestToken({ parameters: [['resource', payments]] });
    expect(without.body.code).toBe('token.task_needed');
    const byDefault = await server.addDelegation({ agent, owner, isDefault: true });
    const { status, body } = await requestToken({ parameters: [['resource', payments]] });
    expect(status).toBe(200);
    const [details] = body.authorization_details as { task: string }[];
    const presented = await use(String(body.access_token), payments);
    expect(presented).toMatchObject({ taskId: details?.task, chain: [byDefault] });
    const task = await server.context.tasks.lease(String(details?.task));
    expect(task.expiresAt).toBeLessThanOrEqual(clock.now() + 300_000);
    expect((await server.records('token.issued')).at(-1)).toMatchObject({ body: { defaultTask: true } });
  });

  it('has its record durable before it is given, with nothing secret in it', async () => {
    const task = await server.addTask({ agent, delegation });
    const rawAssertion = await makeClientAssertion({
      ...{ key: agentKey, clientId: agent, audience: server.issuer, at: clock.now() },
    });
    const { body } = await requestToken({ parameters: forTask(task), rawAssertion });
    const token = String(body.access_token);
    const [record] = await server.records('token.issued');
    expect(record).toMatchObject({ agent, task, key: agentKey.thumbprint, chain: [delegation] });
    expect(record).toMatchObject({
      body: { token: decodeJwt(token).jti, audience: [payments], defaultTask: false },
    });
    for (const secret of [token.split('.')[2], rawAssertion.split('.')[2]]) {
      expect(JSON.stringify(record) + server.logged()).not.toContain(secret);
    }
  });

  it('is not given when the ledger cannot write', async () => {
    await test.store.close();
    const { status, body } = await requestToken();
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(body).not.toHaveProperty('access_token');
    await test.reopen();
  });
});

describe('a client assertion', () => {
  const invalid = [401, 'invalid_client', 'token.client_assertion_invalid'];

  it('works with every type that clients send, once', async () => {
    for (const typ of [undefined, 'JWT', 'client-authentication+jwt']) {
      expect((await requestToken({ assertion: { forge: { header: { typ } } } })).status).toBe(200);
    }
    const rawAssertion = await makeClientAssertion({
      ...{ key: agentKey, clientId: agent, audience: server.issuer, at: clock.now() },
    });
    expect((await requestToken({ rawAssertion, parameters: [['client_id', agent]] })).status).toBe(200);
    expect(await refusalOf({ rawAssertion })).toEqual(invalid);
    clock.advance(59_000);
    expect(await refusalOf({ rawAssertion })).toEqual(invalid);
  });

  it('is not used up by the demand for a nonce', async () => {
    const rawAssertion = await makeClientAssertion({
      ...{ key: agentKey, clientId: agent, audience: server.issuer, at: clock.now() },
    });
    const first = await requestToken({ rawAssertion, proof: { claims: { nonce: undefined } } });
    expect([first.status, first.body.error]).toEqual([400, 'use_dpop_nonce']);
    expect(first.headers.get('dpop-nonce')).toBeTruthy();
    expect((await requestToken({ rawAssertion })).status).toBe(200);
    expect(await server.records('token.refused')).toEqual([]);
  });

  it('is refused when anything in it is off', async () => {
    const now = Math.floor(clock.now() / 1000);
    const secret = new TextEncoder().encode(JSON.stringify(agentKey.publicJwk));
    const attempts: NonNullable<ClientAssertionInput['forge']>[] = [
      { claims: { aud: `${server.issuer}/oauth/token` } },
      { claims: { aud: [server.issuer, 'http://evil.example'] } },
      { claims: { aud: 'http://evil.example' } },
      { claims: { aud: undefined } },
      { claims: { iss: 'someone' } },
      { claims: { exp: now + 3600 } },
      { claims: { exp: now - 10 } },
      { claims: { exp: undefined } },
      { claims: { iat: now + 60 } },
      { claims: { iat: undefined } },
      { claims: { nbf: now + 60 } },
      { claims: { jti: undefined } },
      { claims: { jti: '' } },
      { header: { alg: 'none' } },
      { header: { alg: 'HS256' }, signWith: secret },
      { header: { typ: 'dpop+jwt' } },
      { header: { typ: 'at+jwt' } },
      { header: { alg: 'ES256', jwk: strangerKey.publicJwk }, signWith: strangerKey.privateKey },
      { header: { jwk: agentKey.publicJwk } },
      { header: { jku: 'http://evil.example/jwks' } },
      { header: { x5c: ['MIIB'] } },
      { header: { alg: 'ES256' }, signWith: strangerKey.privateKey },
    ];
    for (const forge of attempts) {
      const lifetime = forge.claims && 'iat' in forge.claims ? { lifetimeSeconds: 120 } : {};
      expect([forge, await refusalOf({ assertion: { forge, ...lifetime } })]).toEqual([forge, invalid]);
    }
    expect(await server.records('token.issued')).toEqual([]);
  });

  it('is refused the same way for an agent that does not exist, another client_id, or no JWT', async () => {
    const unknown = server.context.platform.newId('agt');
    expect(await refusalOf({ assertion: { clientId: unknown } })).toEqual(invalid);
    expect(await refusalOf({ assertion: { clientId: 'x' } })).toEqual(invalid);
    expect(await refusalOf({ parameters: [['client_id', unknown]] })).toEqual(invalid);
    for (const rawAssertion of ['x', 'a.b.c', `${'a'.repeat(5000)}.b.c`]) {
      expect(await refusalOf({ rawAssertion })).toEqual(invalid);
    }
    expect(await refusalOf({ headers: { authorization: 'Basic YTpi' } })).toEqual(invalid);
  });

  it('made before this process started is refused, since it may have been used there', async () => {
    const rawAssertion = await makeClientAssertion({
      ...{ key: agentKey, clientId: agent, audience: server.issuer, at: clock.now(), lifetimeSeconds: 300 },
    });
    expect((await requestToken({ rawAssertion })).status).toBe(200);
    clock.advance(2000);
    server = await openTestServer({ store: test.store, now: clock.now });
    expect(await refusalOf({ rawAssertion })).toEqual(invalid);
    expect((await requestToken()).status).toBe(200);
  });

  it('of a retired key is refused', async () => {
    const { publicJwk: jwk, thumbprint } = strangerKey;
    const clientId = await server.addAgent({ owner, jwk, thumbprint, validUntil: clock.now() + 1000 });
    const assertion = { key: strangerKey, clientId };
    expect((await requestToken({ assertion })).status).toBe(200);
    clock.advance(1000);
    expect(await refusalOf({ assertion })).toEqual(invalid);
  });
});

describe('a token request', () => {
  it("for another agent's task is answered as for one that does not exist", async () => {
    const { publicJwk: jwk, thumbprint } = strangerKey;
    const other = await server.addAgent({ owner, jwk, thumbprint });
    const theirs = await server.addTask({
      agent: other,
      delegation: await server.addDelegation({ agent: other, owner }),
    });
    const answers = [
      await requestToken({ parameters: forTask(theirs) }),
      await requestToken({ parameters: forTask(server.context.platform.newId('tsk')) }),
    ];
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(answers[0]?.body).toMatchObject({
      error: 'invalid_authorization_details',
      code: 'token.details_invalid',
    });
  });

  it('for a task that has ended or expired is refused', async () => {
    const ended = await server.addTask({ agent, delegation, endedAt: clock.now() });
    expect(await refusalOf({ parameters: forTask(ended) })).toEqual([
      ...[400, 'invalid_authorization_details', 'task.not_open'],
    ]);
    const expiring = await server.addTask({ agent, delegation, expiresAt: clock.now() + 500 });
    expect((await refusalOf({ parameters: forTask(expiring) }))[2]).toBe('task.not_open');
  });

  it('for an upstream out of reach is answered as for one that does not exist', async () => {
    const narrow = await server.addDelegation({ agent, owner, upstreams: ['files'] });
    const task = await server.addTask({ agent, delegation: narrow });
    const unknown = await requestToken({ parameters: forTask(task, 'http://localhost:7420/mcp/nothing') });
    const beyond = await requestToken({ parameters: forTask(task) });
    expect(beyond.body).toEqual(unknown.body);
    expect(beyond.body).toMatchObject({ error: 'invalid_target', code: 'token.target_invalid' });
  });

  it('of an agent that is not active, or stopped, is refused and recorded with the key that proved who asks', async () => {
    server.context.stops.apply('agent', agent);
    expect(await refusalOf({})).toEqual([400, 'unauthorized_client', 'signal.stopped']);
    server.context.stops.lift('agent', agent);
    const task = await server.addTask({ agent, delegation });
    server.context.stops.apply('delegation', delegation);
    expect((await refusalOf({ parameters: forTask(task) }))[2]).toBe('signal.stopped');
    server.context.stops.lift('delegation', delegation);
    await test.store.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', owner).execute();
    server.context.agents.forget(agent);
    expect(await refusalOf({})).toEqual([400, 'unauthorized_client', 'agent.not_active']);
    const refused = await server.records('token.refused');
    expect(refused.map(({ body }) => (body as { reason: string }).reason)).toEqual([
      ...['signal.stopped', 'signal.stopped', 'agent.not_active'],
    ]);
    expect(refused[0]).toMatchObject({
      agent,
      key: agentKey.thumbprint,
      body: { authenticated: true, count: 1 },
    });
  });

  it('that only claims to come from a known agent is counted under its name', async () => {
    const forge = { header: { alg: 'ES256' }, signWith: strangerKey.privateKey };
    for (let i = 0; i < 5; i++) await requestToken({ assertion: { forge } });
    await server.context.tokens.refusals.flush();
    const refused = await server.records('token.refused');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ agent, body: { authenticated: false, count: 1 } });
    expect(refused[1]).toMatchObject({ agent, body: { reason: 'token.client_assertion_invalid', count: 4 } });
    expect(refused[0]).not.toHaveProperty('key');
  });

  it.each<[string, DpopForgery]>([
    ['for the resource instead of the token endpoint', { claims: { htu: payments } }],
    ['of another method', { claims: { htm: 'GET' } }],
    ['with a broken signature', { breakSignature: true }],
  ])('with a proof %s is refused', async (_, proof) => {
    expect(await refusalOf({ proof })).toEqual([400, 'invalid_dpop_proof', 'token.proof_invalid']);
  });

  it('with a private key in its proof, no proof or two is refused', async () => {
    const proof = { header: { jwk: agentKey.privateJwk } };
    expect(await refusalOf({ proof })).toEqual([400, 'invalid_dpop_proof', 'token.proof_invalid']);
    expect((await refusalOf({ headers: { dpop: '' } }))[1]).toBe('invalid_dpop_proof');
    expect((await refusalOf({ headers: { dpop: 'a, b' } }))[1]).toBe('invalid_dpop_proof');
  });

  it('of another content type or size is refused', async () => {
    const json = await post('{}', { 'content-type': 'application/json' });
    expect([json.status, json.body.error]).toEqual([400, 'invalid_request']);
    const big = await post(`a=${'x'.repeat(20_000)}`, {});
    expect([big.status, big.body.code]).toEqual([400, 'token.request_invalid']);
    expect(big.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });
});
