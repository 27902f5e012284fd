import { createManualClock, type FakeVault, startFakeVault } from '@countersign/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type SecretStoreConfig, secretStoreSchema } from '../../../config/secret-stores.ts';
import { createPlatform } from '../../../platform/platform.ts';
import { testSecretStore } from '../secret-store.contract.ts';
import type { SecretStore } from '../secret-store.ts';
import { createVaultStore } from './create-vault-store.ts';

const clock = createManualClock(Date.UTC(2026, 5, 1));
const platform = createPlatform(clock.now);
const code = (name: string) => expect.objectContaining({ code: name });
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(options: Parameters<typeof startFakeVault>[0] = {}): Promise<FakeVault> {
  const vault = await startFakeVault({ now: clock.now, ...options });
  ending.push(() => vault.close());
  return vault;
}

/** Without `auth`, with a token that somebody made for it. */
function open(
  vault: FakeVault,
  changes: object = {},
  files: Record<string, string> = {},
  timeoutMilliseconds = 2_000,
): SecretStore {
  const held = { '/token': vault.tokens.create(), ...files };
  const config = secretStoreSchema.parse({
    name: 'vault',
    kind: 'vault',
    url: vault.url,
    auth: { method: 'token', tokenFile: '/token' },
    ...changes,
  }) as Extract<SecretStoreConfig, { kind: 'vault' }>;
  const store = createVaultStore({
    config,
    platform,
    freshMilliseconds: 60_000,
    timeoutMilliseconds,
    readFile: async (path) => {
      const text = new Map(Object.entries(held)).get(path);
      if (text === undefined) throw new Error('no such file');
      return `${text}\n`;
    },
  });
  ending.push(() => store.close());
  return store;
}

const payments = { secrets: { payments: { mount: 'secret', path: 'apps/payments', field: 'api_key' } } };
const orders = { secrets: { orders: { lease: 'database/creds/orders' } } };

describe('createVaultStore, with a folder of its own', () => {
  testSecretStore({
    writable: true,
    now: clock.now,
    advance: clock.advance,
    async open(secrets) {
      const store = open(await start(), { folder: { mount: 'secret', path: 'countersign' } });
      for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
      return store;
    },
  });

  it('takes what a person wrote there since, and nothing that was beside it', async () => {
    const vault = await start();
    const store = open(vault, { folder: { mount: 'secret', path: 'countersign' } });
    await store.set('key', 'first-value');
    await store.rotate('key', 'second-value', clock.now() + 60_000);
    clock.advance(61_000);
    vault.put('countersign/key', { value: 'third-value' });
    expect(await store.get('key')).toMatchObject({ value: 'third-value', changedAt: clock.now() });
    expect(await store.get('key')).not.toHaveProperty('previous');
  });
});

describe('createVaultStore, with names for what is there', () => {
  testSecretStore({
    writable: false,
    async open(secrets) {
      const vault = await start();
      for (const [name, value] of Object.entries(secrets)) vault.put(`apps/${name}`, { value });
      const names = Object.keys(secrets);
      const places = names.map((name) => [name, { mount: 'secret', path: `apps/${name}` }]);
      return open(vault, { secrets: Object.fromEntries(places) });
    },
  });

  it('asks once, however many calls want to know, and again when it is no longer fresh', async () => {
    const vault = await start();
    vault.put('apps/payments', { api_key: 'first-value', account: 'acct-12345' });
    const store = open(vault, payments);
    const got = await Promise.all(Array.from({ length: 20 }, () => store.get('payments')));
    expect(new Set(got.map(({ value }) => value))).toEqual(new Set(['first-value']));
    expect((await store.get('payments#account')).value).toBe('acct-12345');
    expect((await store.get('payments#account')).version).toBe(got[0]?.version);
    expect(vault.asked.filter((asked) => asked.includes('apps/payments'))).toHaveLength(1);
    vault.put('apps/payments', { api_key: 'second-value' });
    clock.advance(59_000);
    expect((await store.get('payments')).value).toBe('first-value');
    clock.advance(1_000);
    expect((await store.get('payments')).value).toBe('second-value');
    await expect(store.get('payments#account')).rejects.toThrow(code('secret.not_found'));
    await expect(store.get('payments#constructor')).rejects.toThrow(code('secret.not_found'));
  });

  it('serves nothing that is no longer fresh when Vault is cut off, and goes on when it is back', async () => {
    const vault = await start();
    vault.put('apps/payments', { api_key: 'first-value' });
    const store = open(vault, payments);
    await store.get('payments');
    vault.misbehave('hang');
    clock.advance(59_999);
    expect((await store.get('payments')).value).toBe('first-value');
    clock.advance(1);
    await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
    vault.misbehave('sealed');
    await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
    vault.misbehave(null);
    expect((await store.get('payments')).value).toBe('first-value');
  });

  it('makes nothing fresh again by a clock that is set back', async () => {
    const vault = await start();
    vault.put('apps/payments', { api_key: 'first-value' });
    const store = open(vault, payments);
    await store.get('payments');
    clock.advance(-1_000);
    vault.misbehave('sealed');
    await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
    clock.advance(1_000);
  });

  it.each(['redirect', 'endless', 'huge', 'hang', 'garbage', 'cut', 'encoded'] as const)(
    'trusts no answer of a Vault that misbehaves: %s',
    async (mischief) => {
      const trap = await start();
      trap.put('apps/payments', { api_key: 'a-planted-value' });
      const vault = await start();
      vault.put('apps/payments', { api_key: 'a-secret-value' });
      const store = open(vault, payments);
      vault.misbehave(mischief, `${trap.url}/v1/secret/data/apps/payments`);
      const thrown: unknown = await store.get('payments').catch((error: unknown) => error);
      expect(thrown).toEqual(code('secret.unavailable'));
      expect(trap.asked).toEqual([]);
      for (let error = thrown; error instanceof Error; error = error.cause)
        expect(`${error.message} ${error.stack}`).not.toMatch(/a-secret|a-planted|hvs\./);
    },
    20_000,
  );

  it('takes no older version than it has seen', async () => {
    const vault = await start();
    vault.put('apps/payments', { api_key: 'a-stolen-value' });
    clock.advance(1_000);
    vault.put('apps/payments', { api_key: 'a-renewed-value' });
    const store = open(vault, payments);
    await store.get('payments');
    vault.rollBack('apps/payments', 1);
    clock.advance(60_000);
    await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
    await store.trustRestored();
    expect((await store.get('payments')).value).toBe('a-stolen-value');
  });

  it('sends no value that could not be sent or found again', async () => {
    const vault = await start();
    const store = open(vault, payments);
    for (const value of ['short', 'two\r\nX-Evil: 1', { nested: 'a-long-value' }, 12345678, null]) {
      vault.put('apps/payments', { api_key: value });
      clock.advance(60_000);
      await expect(store.get('payments')).rejects.toThrow(code('secret.invalid'));
      expect(await store.list()).toEqual([]);
    }
  });

  it.each(['../sys', 'a//b', '/a', 'a/', 'a/..', 'a?version=1', 'a%2fb', 'a#b', '.hidden', ''])(
    'has no place %j in its configuration',
    (path) => {
      const made = (secret: object) =>
        secretStoreSchema.safeParse({
          ...{ name: 'vault', kind: 'vault', url: 'https://vault.test' },
          auth: { method: 'token', tokenFile: '/token' },
          secrets: { payments: secret },
        }).success;
      expect(made({ mount: 'secret', path })).toBe(false);
      expect(made({ mount: path, path: 'a' })).toBe(false);
      expect(made({ lease: path })).toBe(false);
      expect(made({ mount: 'secret', path: 'apps/payments' })).toBe(true);
    },
  );

  it.each([
    'http://vault.test:8200',
    'ftp://127.0.0.1',
    'https://user:pw@vault.test',
    'https://vault.test/?a=b',
  ])('speaks to nobody at %s', async (url) => {
    const vault = await start();
    expect(() => open(vault, { url })).toThrow(code('config.invalid'));
  });
});

describe('leases of Vault', () => {
  it('are taken once, give name and password of one account, and are listed without being made', async () => {
    const vault = await start();
    const store = open(vault, orders);
    expect(await store.list()).toMatchObject([{ name: 'orders', kind: 'leased' }]);
    expect(vault.leases.live()).toEqual([]);
    const [password, again, username] = await Promise.all(
      ['orders', 'orders', 'orders#username'].map((name) => store.get(name)),
    );
    expect([password?.value]).toEqual(vault.leases.live());
    expect(again).toEqual(password);
    expect(username).toMatchObject({
      value: expect.stringMatching(/^v-orders-/),
      version: password?.version,
    });
  });

  it('are used until they end when Vault is cut off, and not a moment longer', async () => {
    const vault = await start({ leaseSeconds: 100 });
    const store = open(vault, orders);
    const { value } = await store.get('orders');
    vault.misbehave('sealed');
    clock.advance(89_000);
    expect((await store.get('orders')).value).toBe(value);
    clock.advance(1_000);
    await expect(store.get('orders')).rejects.toThrow(code('secret.unavailable'));
  });

  it('are given back at the end', async () => {
    const vault = await start();
    const store = open(vault, orders);
    await store.get('orders');
    await store.close();
    expect(vault.leases.live()).toEqual([]);
  });

  it('do not keep the server from stopping when Vault hangs', async () => {
    const vault = await start();
    const store = open(vault, orders, {}, 60_000);
    await store.get('orders');
    vault.misbehave('hang');
    const from = performance.now();
    await store.close();
    expect(performance.now() - from).toBeLessThan(5_000);
  }, 20_000);

  it('of something else are not used', async () => {
    const vault = await start();
    vault.swap('database/creds/orders', 'database/creds/admin');
    await expect(open(vault, orders).get('orders')).rejects.toThrow(code('secret.unavailable'));
  });

  it('end with the token they were made under', async () => {
    const vault = await start();
    vault.tokens.expect({ secretId: 'the-secret-id' });
    const auth = { method: 'approle', roleId: 'countersign', secretIdFile: '/secret-id' };
    const store = open(vault, { ...orders, auth }, { '/secret-id': 'the-secret-id' });
    const first = await store.get('orders');
    const [token = ''] = vault.tokens.live().slice(-1);
    vault.tokens.revoke(token);
    clock.advance(1_801_000);
    // What finds out runs beside the calls.
    const second = await vi.waitFor(async () => {
      const secret = await store.get('orders');
      expect(secret.value).not.toBe(first.value);
      return secret;
    }, 10_000);
    expect(vault.leases.live()).toEqual([second.value]);
  });
});

describe('logins to Vault', () => {
  const approle = { method: 'approle', roleId: 'countersign', secretIdFile: '/secret-id' };
  const kubernetes = { method: 'kubernetes', role: 'countersign', tokenFile: '/jwt' };

  it.each([
    ['AppRole', approle, { secretId: 'the-secret-id' }],
    ['Kubernetes', kubernetes, { jwt: 'header.claims.signature' }],
  ])('with %s give a token that is renewed while used and given back at the end', async (_, auth, proof) => {
    const vault = await start({ tokenSeconds: 100 });
    vault.tokens.expect(proof);
    vault.put('apps/payments', { api_key: 'a-secret-value' });
    const files = { '/secret-id': 'the-secret-id', '/jwt': 'header.claims.signature' };
    const store = open(vault, { ...payments, auth }, files);
    for (let round = 0; round < 4; round++) {
      expect((await store.get('payments')).value).toBe('a-secret-value');
      clock.advance(61_000);
    }
    expect(vault.asked.filter((asked) => asked.endsWith('/login'))).toHaveLength(1);
    expect(vault.asked).toContain('POST /v1/auth/token/renew-self');
    clock.advance(1_000_000);
    await store.get('payments');
    expect(vault.asked.filter((asked) => asked.endsWith('/login'))).toHaveLength(2);
    await store.close();
    expect(vault.tokens.live()).toHaveLength(0);
  });

  it('log in anew when the token was revoked, but not for each call that is not permitted', async () => {
    const vault = await start();
    vault.tokens.expect({ secretId: 'the-secret-id' });
    vault.put('apps/payments', { api_key: 'a-secret-value' });
    const store = open(vault, { ...payments, auth: approle }, { '/secret-id': 'the-secret-id' });
    await store.get('payments');
    for (const token of vault.tokens.live()) vault.tokens.revoke(token);
    clock.advance(60_000);
    expect((await store.get('payments')).value).toBe('a-secret-value');
    vault.tokens.expect({ secretId: 'another' });
    for (const token of vault.tokens.live()) vault.tokens.revoke(token);
    clock.advance(60_000);
    for (let i = 0; i < 5; i++)
      await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
  });

  it('stay when only a path is not permitted, and with them what was leased', async () => {
    const vault = await start();
    vault.tokens.expect({ secretId: 'the-secret-id' });
    vault.put('apps/payments', { api_key: 'a-secret-value' });
    vault.forbid('secret/data/apps/payments');
    const auth = { auth: approle, secrets: { ...payments.secrets, ...orders.secrets } };
    const store = open(vault, auth, { '/secret-id': 'the-secret-id' });
    const { value } = await store.get('orders');
    for (let i = 0; i < 3; i++)
      await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
    expect((await store.get('orders')).value).toBe(value);
    expect(vault.asked.filter((asked) => asked.endsWith('/login'))).toHaveLength(1);
  });

  it('that are refused, or whose file is missing, give nothing', async () => {
    const vault = await start();
    vault.tokens.expect({ secretId: 'the-secret-id' });
    const wrong = open(vault, { ...payments, auth: approle }, { '/secret-id': 'a-wrong-secret-id' });
    const thrown: unknown = await wrong.get('payments').catch((error: unknown) => error);
    expect(thrown).toEqual(code('secret.unavailable'));
    expect(String(thrown)).not.toContain('a-wrong-secret-id');
    await expect(open(vault, { ...payments, auth: approle }).get('payments')).rejects.toThrow(
      code('secret.unavailable'),
    );
    const broken = open(vault, payments, { '/token': 'two\nlines' });
    await expect(broken.get('payments')).rejects.toThrow(code('secret.unavailable'));
  });
});
