import { toAppError } from '@countersign/api';
import { type AgentKey, createManualClock, makeAgentKey, makeDpopProof } from '@countersign/testkit';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRoutes } from '../http/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { loadLedgerKey } from './load-ledger-key.ts';
import { openTestServer, type TestServer } from './open-test-server.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';
import { createSigningKeyRoutes } from './routes.ts';
import { signAccessToken } from './sign-access-token.ts';

const clock = createManualClock();
const operator = { kind: 'operator' } as const;
let test: TestStore;
let server: TestServer;
let key: AgentKey;

beforeEach(async () => {
  test = await openTestStore();
  server = await openTestServer({ store: test.store, now: clock.now });
  key = await makeAgentKey();
});

afterEach(() => test.remove());

async function makeToken(): Promise<string> {
  const { platform, tokens } = server.context;
  const agent = platform.newId('agt');
  const iat = Math.floor(clock.now() / 1000);
  return signAccessToken(tokens.signingKeys.current(), {
    ...{ iss: server.issuer, sub: agent, client_id: agent, agent, aud: [server.issuer], iat, exp: iat + 300 },
    ...{ jti: platform.newId('tok'), cnf: { jkt: key.thumbprint }, client_jkt: key.thumbprint },
    ...{ owner: platform.newId('per'), chain: [], scope: 'tasks' },
  });
}

async function use(accessToken: string): Promise<string> {
  const { tokens } = server.context;
  const htu = `${server.issuer}/v1/tasks`;
  const dpop = await makeDpopProof({
    key,
    htm: 'POST',
    htu,
    accessToken,
    nonce: tokens.nextNonce(),
    at: clock.now(),
  });
  const authorization = [`DPoP ${accessToken}`];
  const presented = { authorization, dpop: [dpop], method: 'POST', url: htu, audience: server.issuer };
  return tokens.verifyPresented(presented).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );
}

const published = async (): Promise<string[]> => {
  const jwks: { keys: { kid: string }[] } = await (await server.app.request('/oauth/jwks')).json();
  return jwks.keys.map(({ kid }) => kid);
};

describe('rotating the signing key', () => {
  it('signs with the new key at once and keeps the old one until its last token has expired', async () => {
    const old = await makeToken();
    const oldKid = String(decodeProtectedHeader(old).kid);
    const { kid } = await rotateSigningKeys(server.context, operator, { revokeEarlier: false });
    expect(await published()).toEqual([kid, oldKid]);
    const fresh = await makeToken();
    expect(decodeProtectedHeader(fresh).kid).toBe(kid);
    expect([await use(old), await use(fresh)]).toEqual(['accepted', 'accepted']);
    clock.advance(299_000);
    expect([await use(old), await published()]).toEqual(['accepted', [kid, oldKid]]);
    clock.advance(7000);
    expect([await use(old), await published()]).toEqual(['token.expired', [kid]]);
    expect((await server.records('token.keys_rotated')).map(({ body }) => body)).toMatchObject([
      { by: 'system:start', kid: oldKid, retired: [] },
      { by: 'operator', kid, retired: [oldKid], revokedEarlier: false },
    ]);
  });

  it('after a compromise ends every earlier token', async () => {
    const tokens = [await makeToken()];
    await rotateSigningKeys(server.context, operator, { revokeEarlier: false });
    tokens.push(await makeToken());
    for (const token of tokens) expect(await use(token)).toBe('accepted');
    const { kid } = await rotateSigningKeys(server.context, operator, { revokeEarlier: true });
    expect(await published()).toEqual([kid]);
    for (const token of tokens) expect(await use(token)).toBe('token.invalid');
    expect(await use(await makeToken())).toBe('accepted');
  });

  it('is one request of an administrator', async () => {
    const app = createRoutes();
    app.use(async (c, next) => {
      (c as { set(key: string, value: unknown): void }).set('actor', operator);
      await next();
    });
    app.route('/v1/tokens', createSigningKeyRoutes(server.context));
    app.onError((error, c) => c.text(toAppError(error).code, 400));
    const post = (body: string) =>
      app.request('/v1/tokens/keys/rotate', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    const response = await post('{}');
    expect(await response.json()).toEqual({ kid: (await published())[0] });
    expect(await published()).toHaveLength(2);
    expect(await (await post('{"revokeEarlier":"yes"}')).text()).toBe('server.request_invalid');
    expect(await published()).toHaveLength(2);
  });

  it('needs the permission', async () => {
    const owner = {
      kind: 'person',
      person: 'per_x',
      roles: ['owner'],
      session: 'ses_x',
      verifiedAt: 0,
      isFresh: true,
    } as const;
    for (const actor of [owner, { kind: 'agent', agent: 'agt_x', key: 'k' } as const]) {
      const attempt = rotateSigningKeys(server.context, actor, { revokeEarlier: false });
      await expect(attempt).rejects.toMatchObject({ code: 'person.forbidden' });
    }
    expect(await published()).toHaveLength(1);
  });
});

describe("the server's keys", () => {
  it('survive a restart, and open only under the same master key', async () => {
    const token = await makeToken();
    const before = await published();
    await rotateSigningKeys(server.context, operator, { revokeEarlier: false });
    server = await openTestServer({ store: await test.reopen(), now: clock.now });
    expect(await published()).toHaveLength(2);
    expect((await published()).at(-1)).toBe(before[0]);
    expect(await use(token)).toBe('accepted');
    const stranger = openTestServer({ store: test.store, now: clock.now, masterKey: new Uint8Array(32) });
    await expect(stranger).rejects.toThrow();
  });

  it('include one for the ledger, made once, whose name stays', async () => {
    const { sql } = test.store;
    const options = {
      sql,
      masterKey: createMasterKey(new Uint8Array(32).fill(7)),
      platform: { now: clock.now },
    };
    const made = await loadLedgerKey(options);
    expect(await loadLedgerKey(options)).toEqual(made);
    expect(made.origin).toMatch(/^countersign-ledger\/[\w-]{16}$/);
    const stranger = loadLedgerKey({ ...options, masterKey: createMasterKey(new Uint8Array(32)) });
    await expect(stranger).rejects.toThrow();
    const rows = await sql.selectFrom('server_keys').selectAll().execute();
    expect(rows.map(({ use: purpose }) => purpose).sort()).toEqual(['ledger', 'token']);
    for (const row of rows) expect(`${row.public_jwk}${row.sealed_private}`).not.toContain('"d"');
  });
});
