import {
  type AgentKey,
  createManualClock,
  makeAgentKey,
  makeClientAssertion,
  makeDpopProof,
  type PlatformIssuer,
  startPlatformIssuer,
} from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addAgentWorkload, removeAgentWorkload } from '../../agents/index.ts';
import type { Actor } from '../../people/index.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestServer, type TestServer } from '../open-test-server.ts';
import { forgetAssertions } from './authenticate-workload.ts';

const clock = createManualClock();
const spiffeId = 'spiffe://prod.example/ns/billing/sa/refunds';
const jobSubject = 'repo:example/shop:ref:refs/heads/main';
const operator: Actor = { kind: 'operator' };
let proofKey: AgentKey;
let otherKey: AgentKey;
let mesh: PlatformIssuer;
let ci: PlatformIssuer;
let test: TestStore;
let server: TestServer;
let agent: string;
let workload: string;

beforeAll(async () => {
  proofKey = await makeAgentKey('ES256');
  otherKey = await makeAgentKey('ES256');
});

beforeEach(async () => {
  mesh = await startPlatformIssuer({ algorithm: 'ES256', use: 'jwt-svid' });
  ci = await startPlatformIssuer();
  test = await openTestStore();
  server = await openTestServer({
    store: test.store,
    now: clock.now,
    workloads: [
      {
        name: 'mesh',
        kind: 'spiffe',
        trustDomain: 'prod.example',
        keysUrl: mesh.keysUrl,
        allowPrivate: true,
      },
      { name: 'ci', kind: 'github-actions', issuer: ci.url, allowPrivate: true },
    ],
  });
  const owner = await server.addPerson();
  const key = await makeAgentKey('EdDSA');
  agent = await server.addAgent({ owner, jwk: key.publicJwk, thumbprint: key.thumbprint });
  await server.addDelegation({ agent, owner, isDefault: true });
  const bound = await bind({ trust: 'mesh', subject: spiffeId });
  workload = bound[0]?.id ?? '';
});

afterEach(async () => {
  await test.remove();
  await mesh.close();
  await ci.close();
});

const bind = (given: object) => addAgentWorkload(server.context, operator, { agentId: agent, ...given });

const svid = (changes: object = {}): Promise<string> => {
  const iat = Math.floor(clock.now() / 1000);
  return mesh.sign({ sub: spiffeId, aud: server.issuer, iat, exp: iat + 120, ...changes });
};
const job = (changes: object = {}): Promise<string> => {
  const iat = Math.floor(clock.now() / 1000);
  const own = { iss: ci.url, sub: jobSubject, jti: `job-${Math.random()}`, repository_id: '4711' };
  return ci.sign({ ...own, aud: server.issuer, iat, exp: iat + 120, ...changes });
};

const asClient = (assertion: string, type = 'jwt-spiffe'): [string, string][] => [
  ['grant_type', 'client_credentials'],
  ['client_assertion_type', `urn:ietf:params:oauth:client-assertion-type:${type}`],
  ['client_assertion', assertion],
];
const asGrant = (assertion: string): [string, string][] => [
  ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
  ['assertion', assertion],
];

async function ask(parameters: [string, string][], key: AgentKey | null = proofKey) {
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (key !== null) {
    const nonce = server.context.tokens.nextNonce();
    const htu = `${server.issuer}/oauth/token`;
    headers.dpop = await makeDpopProof({ key, htm: 'POST', htu, at: clock.now(), nonce });
  }
  const body = new URLSearchParams(parameters).toString();
  const response = await server.app.request('/oauth/token', { method: 'POST', body, headers });
  const answer = (await response.json()) as Record<string, string>;
  return { status: response.status, answer, code: answer.code ?? 'issued' };
}

async function useToken(accessToken: string): Promise<string> {
  const { context } = server;
  const url = `${server.issuer}/v1/tasks`;
  const nonce = context.tokens.nextNonce();
  const dpop = await makeDpopProof({
    key: proofKey,
    htm: 'GET',
    htu: url,
    accessToken,
    nonce,
    at: clock.now(),
  });
  const presented = await context.tokens.verifyPresented({
    ...{ authorization: [`DPoP ${accessToken}`], dpop: [dpop], method: 'GET', url, audience: url },
  });
  const facts = await context.agents.get(presented.agentId);
  return presented.workload !== null && facts.workloads.has(presented.workload) ? 'good' : 'ended';
}

describe('an agent that is a workload', () => {
  it.each([
    ['as the client', (assertion: string) => asClient(assertion)],
    ['as the client in the words of RFC 7523', (assertion: string) => asClient(assertion, 'jwt-bearer')],
    ['as the grant', asGrant],
  ])('proves itself by what its platform says of it, %s', async (_, form) => {
    const { status, answer } = await ask(form(await svid()));
    expect(status).toBe(200);
    expect(answer.token_type).toBe('DPoP');
    const claims = decodeJwt(answer.access_token ?? '');
    expect(claims).toMatchObject({ sub: agent, agent, workload, cnf: { jkt: proofKey.thumbprint } });
    // No longer than the assertion it came from.
    expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(120);
    const [record] = await server.records('token.issued');
    expect(record?.body).toMatchObject({ workload, attested: { trust: 'mesh', subject: spiffeId } });
  });

  it('gets the token of its task as with a key', async () => {
    const resource: [string, string] = ['resource', `${server.issuer}/mcp/payments`];
    const { answer } = await ask([...asGrant(await svid()), resource]);
    expect(decodeJwt(answer.access_token ?? '')).toMatchObject({ aud: [resource[1]], workload });
  });

  it('gets nothing without proof of a key: the assertion alone is a bearer credential', async () => {
    expect(await ask(asClient(await svid()), null)).toMatchObject({ status: 401 });
  });

  it('may show the assertion again with the same key, and nobody with another', async () => {
    const assertion = await svid();
    expect((await ask(asClient(assertion))).code).toBe('issued');
    expect((await ask(asGrant(assertion))).code).toBe('issued');
    const stolen = await ask(asClient(assertion), otherKey);
    expect(stolen).toMatchObject({ status: 401, code: 'token.workload_replayed' });
    expect(stolen.answer.error).toBe('invalid_client');
    // The other way round to write the same signature is no other assertion.
    expect((await ask(asClient(rewriteSignature(assertion)), otherKey)).code).toBe('token.workload_replayed');
  });

  it('may show the assertion of a job once', async () => {
    await bind({ trust: 'ci', subject: jobSubject });
    const assertion = await job();
    expect((await ask(asGrant(assertion))).code).toBe('issued');
    expect((await ask(asGrant(assertion))).code).toBe('token.workload_replayed');
  });

  it('is recognised by all the facts that its binding demands', async () => {
    await bind({ trust: 'ci', subject: jobSubject, facts: { repository_id: '4711' } });
    expect((await ask(asGrant(await job()))).code).toBe('issued');
    for (const repository_id of ['4712', undefined, '']) {
      expect((await ask(asGrant(await job({ repository_id })))).code).toBe('token.workload_unknown');
    }
  });

  it('is nobody under another name, domain, audience or platform', async () => {
    expect((await ask(asGrant(await svid({ sub: `${spiffeId}-2` })))).code).toBe('token.workload_unknown');
    for (const assertion of [
      await svid({ sub: 'spiffe://evil.example/ns/billing/sa/refunds' }),
      await svid({ aud: 'https://other.example' }),
      await ci.sign({ sub: spiffeId, aud: server.issuer, exp: Math.floor(clock.now() / 1000) + 60 }),
      'not.a.jwt',
    ]) {
      expect((await ask(asGrant(assertion))).code).toBe('token.client_assertion_invalid');
    }
    // A platform's word is nobody's own key, and the other way round.
    const own = await makeClientAssertion({
      key: otherKey,
      clientId: agent,
      audience: server.issuer,
      at: clock.now(),
    });
    expect((await ask(asGrant(own))).code).toBe('token.client_assertion_invalid');
  });

  it('shows its assertion in one place only', async () => {
    const assertion = await svid();
    const twice = [...asGrant(assertion), ...asClient(assertion).slice(1)] as [string, string][];
    expect((await ask(twice)).code).toBe('token.request_invalid');
    expect((await ask(asGrant(assertion).slice(0, 1))).code).toBe('token.request_invalid');
  });

  it('loses its tokens with its binding', async () => {
    const { answer } = await ask(asGrant(await svid()));
    expect(await useToken(answer.access_token ?? '')).toBe('good');
    await removeAgentWorkload(server.context, operator, { agentId: agent, workloadId: workload });
    expect(await useToken(answer.access_token ?? '')).toBe('ended');
    expect((await ask(asGrant(await svid()))).code).toBe('token.workload_unknown');
    expect(await server.records('agent.workload_removed')).toHaveLength(1);
  });

  it('can be checked no more when the platform is out of reach: refused, and worth another try', async () => {
    mesh.answer({ status: 503, body: '' });
    const refused = await ask(asGrant(await svid()));
    expect(refused).toMatchObject({ status: 503, code: 'token.workload_unavailable' });
    expect(refused.answer.error).toBe('temporarily_unavailable');
  });

  it('leaves nothing behind once its assertion is over', async () => {
    await ask(asGrant(await svid()));
    const count = async () =>
      (await test.store.sql.selectFrom('workload_assertions').selectAll().execute()).length;
    expect(await count()).toBe(1);
    await forgetAssertions(server.context);
    expect(await count()).toBe(1);
    clock.advance(3_600_000);
    await forgetAssertions(server.context);
    expect(await count()).toBe(0);
  });
});

describe('a binding', () => {
  it('makes one workload one agent', async () => {
    await expect(bind({ trust: 'mesh', subject: spiffeId })).rejects.toMatchObject({
      code: 'agent.workload_exists',
    });
    await removeAgentWorkload(server.context, operator, { agentId: agent, workloadId: workload });
    await removeAgentWorkload(server.context, operator, { agentId: agent, workloadId: workload });
    clock.advance(1);
    const bound = await bind({ trust: 'mesh', subject: spiffeId });
    expect(bound.map(({ removedAt }) => removedAt === null)).toEqual([true, false]);
  });

  it.each([
    ['an unknown trust', { trust: 'nowhere', subject: spiffeId }],
    ['a subject that could look like another', { trust: 'mesh', subject: 'spiffe://prod.example/ｎs' }],
    ['no subject', { trust: 'mesh' }],
    ['facts that are none', { trust: 'mesh', subject: 'x', facts: { pod: 1 } }],
    ['a pattern for a name', { trust: 'mesh', subject: 'x', facts: { 'a b': 'c' } }],
  ])('is refused with %s', async (_, given) => {
    await expect(bind(given)).rejects.toThrow();
  });

  it('is made and removed by the owner or an administrator', async () => {
    const stranger: Actor = {
      ...{ kind: 'person', person: server.context.platform.newId('per'), roles: ['owner'] },
      ...{ session: 'ses', verifiedAt: clock.now(), isFresh: true },
    };
    const given = { agentId: agent, trust: 'mesh', subject: `${spiffeId}-3` };
    await expect(addAgentWorkload(server.context, stranger, given)).rejects.toMatchObject({
      code: 'person.forbidden',
    });
    const removal = { agentId: agent, workloadId: workload };
    await expect(removeAgentWorkload(server.context, stranger, removal)).rejects.toMatchObject({
      code: 'person.forbidden',
    });
    const other = { agentId: agent, workloadId: server.context.platform.newId('wid') };
    await expect(removeAgentWorkload(server.context, operator, other)).rejects.toMatchObject({
      code: 'agent.workload_not_found',
    });
  });
});

/** ECDSA holds for s and for n - s. */
function rewriteSignature(jws: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const at = jws.lastIndexOf('.') + 1;
  const bytes = Buffer.from(jws.slice(at), 'base64url');
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const turned = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return jws.slice(0, at) + turned.toString('base64url');
}
