import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../platform/platform.ts';
import { testSecretStore } from '../secret-store.contract.ts';
import { createEncryptedFileStore } from './create-encrypted-file-store.ts';
import { loadSecretsKey } from './load-secrets-key.ts';

const platform = createPlatform();
const makeFolder = () => mkdtempSync(join(tmpdir(), 'countersign-'));
const open = (folder: string, environment: Record<string, string> = {}) =>
  createEncryptedFileStore({
    path: join(folder, 'secrets.json'),
    key: loadSecretsKey(folder, environment, platform),
    platform,
  });
const code = (name: string) => expect.objectContaining({ code: name });

describe('createEncryptedFileStore', () => {
  testSecretStore({
    writable: true,
    async open(secrets) {
      const store = await open(makeFolder());
      for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
      return store;
    },
  });

  it('keeps values across a restart, in files of its owner alone, never in clear', async () => {
    const folder = makeFolder();
    const { version } = await (await open(folder)).set('key', 'a-secret-value');
    expect(await (await open(folder)).get('key')).toEqual({ value: 'a-secret-value', version });
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('a-secret-value');
    for (const file of ['secrets.json', 'secrets.key'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('refuses a value that was moved to another name or version, or changed', async () => {
    const folder = makeFolder();
    const store = await open(folder);
    await store.set('cheap', 'cheap-value');
    await store.set('dear', 'dear-value');
    const path = join(folder, 'secrets.json');
    const text = readFileSync(path, 'utf8');
    const held: { secrets: { name: string; version: string; sealed: string }[] } = JSON.parse(text);
    const [cheap, dear] = held.secrets;
    for (const forged of [
      { ...dear, sealed: cheap?.sealed },
      { ...dear, version: cheap?.version },
      { ...dear, sealed: `A${dear?.sealed.slice(1)}` },
      { ...dear, sealed: '' },
    ]) {
      writeFileSync(path, JSON.stringify({ ...held, secrets: [cheap, forged] }));
      await expect((await open(folder)).get('dear')).rejects.toThrow(code('secret.unavailable'));
    }
    writeFileSync(path, text.slice(0, -5));
    await expect(open(folder)).rejects.toThrow(code('secret.unavailable'));
  });

  it('opens nothing with another key', async () => {
    const folder = makeFolder();
    await (await open(folder)).set('key', 'a-secret-value');
    const other = Buffer.alloc(32, 7).toString('base64url');
    await expect((await open(folder, { COUNTERSIGN_SECRETS_KEY: other })).get('key')).rejects.toThrow(
      code('secret.unavailable'),
    );
    expect(() => loadSecretsKey(folder, { COUNTERSIGN_SECRETS_KEY: 'short' }, platform)).toThrow(
      code('config.invalid'),
    );
    expect(() => loadSecretsKey(folder, { COUNTERSIGN_SECRETS_KEY_FILE: '/no/such' }, platform)).toThrow(
      code('config.invalid'),
    );
  });

  it('holds on to what it had when the disk refuses a change', async () => {
    const folder = makeFolder();
    const store = await open(folder);
    await store.set('key', 'first-value');
    mkdirSync(join(folder, 'secrets.json.next', 'in the way'), { recursive: true });
    await expect(store.set('key', 'second-value')).rejects.toThrow(code('secret.unavailable'));
    expect((await store.get('key')).value).toBe('first-value');
    expect((await (await open(folder)).get('key')).value).toBe('first-value');
  });

  it('survives a leftover of an interrupted write', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'secrets.json.next'), 'half a fi');
    await (await open(folder)).set('key', 'a-secret-value');
    expect(existsSync(join(folder, 'secrets.json.next'))).toBe(false);
  });
});
