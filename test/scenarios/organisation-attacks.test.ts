import {
  type AgentKey,
  type EnrolledAgent,
  makeAgentKey,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  toolCall,
  trustOrganisation,
  type Upstream,
} from '@countersign/testkit';
import { type CryptoKey, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ISSUER = 'https://id.north.example';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CEILING = { upstreams: ['shop'], actions: ['shop/echo'], environments: ['development'] };

interface Forgery {
  readonly claims?: { readonly [name: string]: unknown };
  readonly header?: { readonly [name: string]: unknown };
  readonly key?: CryptoKey | Uint8Array;
}

let upstream: Upstream;
let south: TestGateway;
let shop: string;
let north: AgentKey;
let visitor: EnrolledAgent;

beforeAll(async () => {
  upstream = await startPlainUpstream();
  south = await startGateway();
  shop = await south.addUpstream('shop', { url: upstream.url });
  await south.activatePolicy('permit (principal, action, resource);');
  north = await makeAgentKey();
  visitor = await south.enrol({ isDefault: true });
  await trustOrganisation(south, makeTerms());
}, 60_000);
afterAll(async () => {
  await south?.stop();
  await upstream?.close();
});

function makeTerms(more: object = {}) {
  const issuers = [{ issuer: ISSUER, keys: [north.publicJwk] }];
  return { name: 'north', issuers, ceiling: CEILING, agents: [visitor.agent.agentId], ...more };
}

let made = 0;
async function makeAssertion({ claims = {}, header = {}, key = north.privateKey }: Forgery = {}) {
  const now = Math.floor(Date.now() / 1000);
  const payload: JWTPayload = {
    ...{ iss: ISSUER, sub: 'user-1', aud: south.url, client_id: visitor.agent.agentId },
    ...{ jti: `jag-${++made}`, iat: now, exp: now + 60, resource: shop },
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt', ...header })
    .sign(key);
}

function redeem(assertion: string, from: EnrolledAgent = visitor) {
  return from.agent.requestToken({ form: { grant_type: GRANT, assertion } });
}

async function redeemForged(forgery: Forgery): Promise<unknown> {
  return ((await redeem(await makeAssertion(forgery))).json as { code?: string }).code;
}

/** The whole answer, refusals and their codes with it. */
async function call(token: string, name: string, args: object): Promise<string> {
  return (await visitor.agent.send({ url: shop, token, ...toolCall(name, args) })).body;
}

function tokenOf(reply: { readonly json?: unknown }): string {
  return (reply.json as { access_token: string }).access_token;
}

describe('organisation.forged-assertion', () => {
  it('takes a good one once', async () => {
    const assertion = await makeAssertion();
    expect((await redeem(assertion)).status).toBe(200);
    expect((await redeem(assertion)).json).toMatchObject({
      error: 'invalid_grant',
      code: 'organisation.assertion_replayed',
    });
  });

  const hour = 3_600;
  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, () => Forgery]>([
    ['a look-alike issuer', () => ({ claims: { iss: 'https://id.n0rth.example' } })],
    ['an issuer with a slash more', () => ({ claims: { iss: `${ISSUER}/` } })],
    ['an issuer in another case', () => ({ claims: { iss: 'https://ID.north.example' } })],
    ['an issuer with a port', () => ({ claims: { iss: `${ISSUER}:443` } })],
    ['an issuer with credentials', () => ({ claims: { iss: 'https://id.north.example@evil.example' } })],
    ['a letter of another script', () => ({ claims: { iss: 'https://id.nоrth.example' } })],
    ['another audience', () => ({ claims: { aud: 'https://other.example' } })],
    ['two audiences', () => ({ claims: { aud: [south.url, 'https://other.example'] } })],
    ['another client', () => ({ claims: { client_id: 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV' } })],
    ['another type', () => ({ header: { typ: 'at+jwt' } })],
    ['a key of its own address', () => ({ header: { jku: 'https://evil.example/jwks' } })],
    ['a certificate of its own address', () => ({ header: { x5u: 'https://evil.example/cert' } })],
    ['its own key', () => ({ header: { jwk: north.publicJwk } })],
    ['a critical header', () => ({ header: { crit: ['b64'], b64: true } })],
    ['made an hour from now', () => ({ claims: { iat: now() + hour, exp: now() + hour + 60 } })],
    ['over for an hour', () => ({ claims: { iat: now() - hour - 60, exp: now() - hour } })],
    ['good for an hour', () => ({ claims: { exp: now() + hour } })],
    [
      'a hop of another issuer',
      () => ({ claims: { act: { sub: 'a', act: { sub: 'b', iss: 'https://x.example' } } } }),
    ],
    ['a hop that is no object', () => ({ claims: { act: 'agent' } })],
    ['another key in cnf', () => ({ claims: { cnf: { jkt: 'A'.repeat(43) } } })],
    [
      'a status list elsewhere',
      () => ({ claims: { status: { status_list: { uri: 'https://x.example/l', idx: 1 } } } }),
    ],
    ['details nobody knows', () => ({ claims: { authorization_details: [{ type: 'all' }] } })],
    ['more hops than can be', () => ({ claims: { act: nest(12) } })],
  ])('refuses %s', async (what, forge) => {
    const forgery = forge();
    // Of another type it is no assertion of an organisation, and whatever else it might be is refused before.
    const code = what === 'another type' ? 'token.request_invalid' : 'organisation.assertion_invalid';
    expect(await redeemForged(forgery)).toBe(code);
  });

  it('refuses a key that is not pinned, a public key as a secret, no algorithm, and what is too long', async () => {
    const other = await makeAgentKey();
    expect(await redeemForged({ key: other.privateKey })).toBe('organisation.assertion_invalid');
    const secret = new TextEncoder().encode(JSON.stringify(north.publicJwk));
    expect(await redeemForged({ header: { alg: 'HS256' }, key: secret })).toBe(
      'organisation.assertion_invalid',
    );
    const [, payload = ''] = (await makeAssertion()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'oauth-id-jag+jwt' })).toString('base64url');
    expect((await redeem(`${none}.${payload}.`)).status).toBe(400);
    expect((await redeem(await makeAssertion({ claims: { pad: 'x'.repeat(20_000) } }))).status).not.toBe(200);
  });

  it('is good for its own client alone, and an agent gets nothing without one', async () => {
    const other = await south.enrol({ isDefault: true });
    expect((await redeem(await makeAssertion(), other)).json).toMatchObject({
      code: 'organisation.assertion_invalid',
    });
    const bare = await visitor.agent.requestToken({ resource: [shop] });
    expect(bare.json).toMatchObject({ code: 'organisation.assertion_needed' });
  });
});

describe('organisation.ceiling', () => {
  it('honours what the ceiling, the delegation and the assertion all allow, and nothing else', async () => {
    const token = tokenOf(await redeem(await makeAssertion()));
    expect(await call(token, 'echo', { text: 'hi there' })).toContain('hi there');
    const paid = await call(token, 'pay', { to: 'a', amount: 1, currency: 'EUR' });
    expect(paid).toContain('action.not_in_limits');

    const limits = { upstreams: ['shop'], actions: ['shop/nothing'], expiresAt: Date.now() + 60_000 };
    const narrow = { claims: { authorization_details: [{ type: 'agent_limits', limits }] } };
    expect(await redeemForged(narrow)).toBe('organisation.ceiling_exceeded');
  });

  it('ends what reaches beyond a ceiling that was lowered', async () => {
    const token = tokenOf(await redeem(await makeAssertion()));
    await trustOrganisation(south, makeTerms({ ceiling: { ...CEILING, actions: ['shop/other'] } }));
    expect(await call(token, 'echo', { text: 'hi there' })).toContain('task.not_open');
    await trustOrganisation(south, makeTerms());
  });

  it('refuses addresses that can be mistaken, and keys of another origin', async () => {
    for (const issuer of [
      'http://id.north.example',
      'https://user@id.north.example',
      'https://id.north.example:443',
      'https://xn--nrth-55d.example',
      'https://id.nоrth.example',
      'https://id.north.example/a/../b',
      'https://id.north.example/?a=1',
    ]) {
      const terms = makeTerms({ name: 'other', issuers: [{ issuer, keys: [north.publicJwk] }] });
      expect((await south.operator('POST', '/v1/organisations/changes', terms)).status).toBe(400);
    }
    const elsewhere = [{ issuer: 'https://a.example', jwksUri: 'https://b.example/jwks' }];
    const terms = makeTerms({ name: 'other', issuers: elsewhere });
    expect((await south.operator('POST', '/v1/organisations/changes', terms)).status).toBe(400);
  });
});

describe('organisation.cut-off', () => {
  it('ends everything at once, keeps it out, and lets it in again when terms are signed', async () => {
    const token = tokenOf(await redeem(await makeAssertion()));
    const ended = await south.operator('POST', '/v1/organisations/north/cut-off', { reason: 'stolen keys' });
    expect(ended.json).toMatchObject({ name: 'north', agents: 1 });
    expect(await call(token, 'echo', { text: 'hi there' })).toContain('task.not_open');
    // Its agents are held, so they do not get as far as the assertion.
    expect(await redeemForged({})).toBe('organisation.cut_off');
    const [record] = await south.records({ kind: 'organisation.cut_off' });
    expect(record).toMatchObject({ body: { organisation: 'north', agents: 1, reason: 'stolen keys' } });
    expect(Number((record?.body as { tasks?: number } | undefined)?.tasks)).toBeGreaterThan(0);
    await south.restart();
    expect(await redeemForged({})).toBe('organisation.cut_off');
    await trustOrganisation(south, makeTerms());
    expect((await redeem(await makeAssertion())).status).toBe(200);
  });
});

function nest(depth: number): object {
  return depth === 0 ? { sub: 'a' } : { sub: 'a', act: nest(depth - 1) };
}
