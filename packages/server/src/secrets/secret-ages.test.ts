import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, type ManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { openTestSecrets, type TestSecretsOptions } from './open-test-secrets.ts';
import { watchAges } from './watch-ages.ts';

const day = 86_400_000;
const code = (name: string) => expect.objectContaining({ code: name });
let held: TestStore;
let clock: ManualClock;

beforeEach(async () => {
  held = await openTestStore();
  clock = createManualClock(Date.UTC(2026, 5, 1));
});
afterEach(() => held.remove());

const open = (options: Partial<TestSecretsOptions> = {}) =>
  openTestSecrets({ store: held.store, now: clock.now, ...options });

const useKey = (settings: object) => ({
  name: 'payments',
  kind: 'mcp-http' as const,
  settings: { url: 'https://mcp.test', headers: { 'X-Key': '{secret:key}' }, ...settings },
});

describe('ages of secrets', () => {
  it('are limited for all, for one by name, and further by whoever asks', async () => {
    const { context } = await open({ secrets: { maxAgeDays: 10, ages: { other: 100 } } });
    await context.secrets.set('key', 'first-value');
    await context.secrets.set('other', 'first-value');
    clock.advance(10 * day - 1);
    await context.secrets.get('key');
    await expect(context.secrets.get('key', { maxAgeDays: 5 })).rejects.toThrow(code('secret.too_old'));
    clock.advance(1);
    await expect(context.secrets.get('key')).rejects.toThrow(code('secret.too_old'));
    await context.secrets.get('other');
    await expect(context.secrets.get('other', { maxAgeDays: 9 })).rejects.toThrow(code('secret.too_old'));
    await context.secrets.rotate('key', 'second-value', clock.now());
    expect((await context.secrets.get('key')).value).toBe('second-value');
  });

  it('only warn where the configuration says so', async () => {
    const { context } = await open({ secrets: { maxAgeDays: 1, whenTooOld: 'warn' } });
    await context.secrets.set('key', 'first-value');
    clock.advance(2 * day);
    expect((await context.secrets.get('key')).value).toBe('first-value');
  });

  it('are counted from the first sight where the store tells no time, also across restarts', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'countersign-')), 'key');
    writeFileSync(file, 'first-value');
    const options = {
      secrets: { store: 'environment', maxAgeDays: 10 },
      environment: { COUNTERSIGN_SECRET_KEY_FILE: file },
    };
    const first = await open(options);
    await first.context.secrets.get('key');
    await first.context.secrets.close();
    clock.advance(9 * day);
    const second = await open(options);
    await second.context.secrets.get('key');
    clock.advance(day);
    await expect(second.context.secrets.get('key')).rejects.toThrow(code('secret.too_old'));
    writeFileSync(file, 'second-value');
    expect((await second.context.secrets.get('key')).value).toBe('second-value');
    await second.context.secrets.close();
    const rows = await held.store.sql.selectFrom('secret_ages').selectAll().execute();
    expect(rows).toMatchObject([{ name: 'key', since: clock.now() }]);
    expect(JSON.stringify(rows)).not.toMatch(/first-value|second-value/);
  });

  it('are told of once when due and once when past the limit, by the strictest limit there is', async () => {
    const house = await open({
      secrets: { maxAgeDays: 100 },
      upstreams: [useKey({ secretMaxAgeDays: 10 }), useKey({ secretMaxAgeDays: 50 })],
    });
    const { context, records, warned } = house;
    await context.secrets.set('key', 'first-value');
    const look = async () => {
      await watchAges(context);
      await watchAges(context);
      return records.filter(({ kind }) => kind === 'secret.aging').map(({ body }) => body.state);
    };
    clock.advance(8 * day - 1);
    expect(await look()).toEqual([]);
    clock.advance(1);
    expect(await look()).toEqual(['due']);
    clock.advance(2 * day);
    expect(await look()).toEqual(['due', 'too_old']);
    expect(records.at(-1)?.body).toMatchObject({ name: 'key', ageDays: 10, maxAgeDays: 10 });
    expect(warned).toHaveLength(2);
    await context.secrets.rotate('key', 'second-value', clock.now());
    clock.advance(8 * day);
    expect(await look()).toEqual(['due', 'too_old', 'due']);
    expect(JSON.stringify([records, warned])).not.toMatch(/first-value|second-value/);
  });

  it('do not stop the watch when a store is cut off', async () => {
    const store = { name: 'vault', kind: 'vault', url: 'http://127.0.0.1:9' };
    const auth = { method: 'token', tokenFile: '/no/such/file' };
    const secrets = { mount: 'secret', path: 'a' };
    const { context, warned } = await open({
      secrets: { stores: [{ ...store, auth, secrets: { key: secrets } }] },
    });
    expect(await watchAges(context)).toBeGreaterThan(clock.now());
    expect(warned.join()).toContain('secret.unavailable');
  });
});
