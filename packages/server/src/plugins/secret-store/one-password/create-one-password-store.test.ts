import { createManualClock, type FakeConnect, startFakeConnect } from '@countersign/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type SecretStoreConfig, secretStoreSchema } from '../../../config/secret-stores.ts';
import { createPlatform } from '../../../platform/platform.ts';
import { testSecretStore } from '../secret-store.contract.ts';
import type { SecretStore } from '../secret-store.ts';
import { createOnePasswordStore } from './create-one-password-store.ts';

const clock = createManualClock(Date.UTC(2026, 5, 1));
const code = (name: string) => expect.objectContaining({ code: name });
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(): Promise<FakeConnect> {
  const connect = await startFakeConnect();
  ending.push(() => connect.close());
  return connect;
}

const idOf = (number: number) => String(number).padStart(26, 'a');
const item = (number: number, changes: object = {}) => ({
  id: idOf(number),
  title: `Item ${number}`,
  fields: { credential: 'a-secret-value', username: 'robot-account' },
  version: 1,
  updatedAt: '2026-03-01T10:00:00Z',
  ...changes,
});
const payments = { payments: { vault: 'Production', item: 'Item 1' } };

function open(connect: FakeConnect, secrets: object = payments, token = connect.token): SecretStore {
  const config = secretStoreSchema.parse({
    ...{ name: 'op', kind: '1password', url: connect.url, tokenFile: '/token', secrets },
  }) as Extract<SecretStoreConfig, { kind: '1password' }>;
  const store = createOnePasswordStore({
    config,
    platform: createPlatform(clock.now),
    freshMilliseconds: 60_000,
    timeoutMilliseconds: 2_000,
    readFile: async () => `${token}\n`,
  });
  ending.push(() => store.close());
  return store;
}

describe('createOnePasswordStore', () => {
  testSecretStore({
    writable: false,
    async open(secrets) {
      const connect = await start();
      const names = Object.keys(secrets);
      for (const [number, name] of names.entries())
        connect.put(item(number, { fields: { credential: secrets[name] } }));
      const place = (number: number) => ({ vault: 'Production', item: `Item ${number}` });
      return open(connect, Object.fromEntries(names.map((name, number) => [name, place(number)])));
    },
  });

  it('finds items by title or id, and fields by label or id', async () => {
    const connect = await start();
    connect.put(item(1));
    const byId = { vault: connect.vault.id, item: idOf(1), field: 'id-username' };
    const store = open(connect, { ...payments, user: byId });
    expect(await store.get('payments')).toMatchObject({
      value: 'a-secret-value',
      changedAt: Date.UTC(2026, 2, 1, 10),
    });
    expect((await store.get('payments#username')).value).toBe('robot-account');
    expect((await store.get('user')).value).toBe('robot-account');
  });

  it('sees a changed item when it is no longer fresh, and serves nothing older when cut off', async () => {
    const connect = await start();
    connect.put(item(1));
    const store = open(connect);
    const first = await store.get('payments');
    connect.put(item(1, { version: 2, fields: { credential: 'a-renewed-value' } }));
    clock.advance(60_000);
    const second = await store.get('payments');
    expect([second.value, second.version === first.version]).toEqual(['a-renewed-value', false]);
    connect.misbehave('hang');
    clock.advance(60_000);
    await expect(store.get('payments')).rejects.toThrow(code('secret.unavailable'));
  });

  it('takes no item of which there are two, that was put away, or that was not asked for', async () => {
    const connect = await start();
    connect.put(item(1));
    connect.put(item(2, { title: 'Item 1' }));
    await expect(open(connect).get('payments')).rejects.toThrow(code('secret.unavailable'));
    connect.put(item(2, { state: 'ARCHIVED' }));
    const second = { payments: { vault: 'Production', item: 'Item 2' } };
    await expect(open(connect, second).get('payments')).rejects.toThrow(code('secret.not_found'));
    connect.put(item(3));
    connect.swap(idOf(1), idOf(3));
    await expect(open(connect).get('payments')).rejects.toThrow(code('secret.unavailable'));
  });

  it.each(['redirect', 'endless', 'huge', 'hang', 'garbage', 'cut', 'encoded'] as const)(
    'trusts no answer of a server that misbehaves: %s',
    async (mischief) => {
      const trap = await start();
      const connect = await start();
      connect.put(item(1));
      const store = open(connect);
      connect.misbehave(mischief, `${trap.url}/v1/vaults`);
      const thrown: unknown = await store.get('payments').catch((error: unknown) => error);
      expect(thrown).toEqual(code('secret.unavailable'));
      expect(trap.asked).toEqual([]);
      expect(String(thrown)).not.toMatch(/a-secret|connect\.token/);
    },
    20_000,
  );

  it('gives nothing with a token that is refused, and does not say which', async () => {
    const thrown: unknown = await open(await start(), payments, 'a-wrong-token')
      .get('payments')
      .catch((error: unknown) => error);
    expect(thrown).toEqual(code('secret.unavailable'));
    expect(String(thrown)).not.toContain('a-wrong-token');
  });

  it.each(['a" or title pr "', 'back\\slash', 'line\nbreak', ''])('has no item titled %j', (title) => {
    const secrets = { payments: { vault: 'Production', item: title } };
    const parsed = secretStoreSchema.safeParse({
      ...{ name: 'op', kind: '1password', url: 'https://op.test', tokenFile: '/t', secrets },
    });
    expect(parsed.success).toBe(false);
  });
});
