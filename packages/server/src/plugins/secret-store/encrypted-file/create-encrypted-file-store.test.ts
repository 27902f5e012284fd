import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../platform/platform.ts';
import { testSecretStore } from '../secret-store.contract.ts';
import { createEncryptedFileStore } from './create-encrypted-file-store.ts';
import { loadSecretsKey } from './load-secrets-key.ts';

let offset = 0;
const now = () => Date.now() + offset;
const platform = createPlatform(now);
const makeFolder = () => mkdtempSync(join(tmpdir(), 'countersign-'));
const open = (folder: string, environment: Record<string, string> = {}, generations = remember()) =>
  createEncryptedFileStore({
    path: join(folder, 'secrets.json'),
    key: loadSecretsKey(folder, environment, platform),
    platform,
    generations,
  });
function remember(seen = 0): { seen: number; save(generation: number): void; settle(): Promise<void> } {
  return {
    seen,
    save(generation) {
      this.seen = generation;
    },
    settle: async () => {},
  };
}
const code = (name: string) => expect.objectContaining({ code: name });

describe('createEncryptedFileStore', () => {
  testSecretStore({
    writable: true,
    now,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    async open(secrets) {
      const store = await open(makeFolder());
      for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
      return store;
    },
  });

  it('keeps values across a restart, in files of its owner alone, never in clear', async () => {
    const folder = makeFolder();
    const { version } = await (await open(folder)).set('key', 'a-secret-value');
    expect(await (await open(folder)).get('key')).toMatchObject({ value: 'a-secret-value', version });
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
      await expect(open(folder)).rejects.toThrow(code('secret.unavailable'));
    }
    writeFileSync(path, text.slice(0, -5));
    await expect(open(folder)).rejects.toThrow(code('secret.unavailable'));
  });

  it('opens nothing with another key', async () => {
    const folder = makeFolder();
    await (await open(folder)).set('key', 'a-secret-value');
    const other = Buffer.alloc(32, 7).toString('base64url');
    await expect(open(folder, { COUNTERSIGN_SECRETS_KEY: other })).rejects.toThrow(
      code('secret.unavailable'),
    );
    expect(() => loadSecretsKey(folder, { COUNTERSIGN_SECRETS_KEY: 'short' }, platform)).toThrow(
      code('config.invalid'),
    );
    expect(() => loadSecretsKey(folder, { COUNTERSIGN_SECRETS_KEY_FILE: '/no/such' }, platform)).toThrow(
      code('config.invalid'),
    );
  });

  it('finds out that an older copy of the file was put back, and uses none of it', async () => {
    const folder = makeFolder();
    const path = join(folder, 'secrets.json');
    const memory = remember();
    const store = await open(folder, {}, memory);
    await store.set('key', 'a-stolen-value');
    const older = readFileSync(path, 'utf8');
    await store.set('key', 'a-renewed-value');
    writeFileSync(path, older);
    const again = await open(folder, {}, memory);
    await expect(again.get('key')).rejects.toThrow(code('secret.store_rolled_back'));
    await expect(again.set('key', 'another-value')).rejects.toThrow(code('secret.store_rolled_back'));
    await expect(again.remove('key')).rejects.toThrow(code('secret.store_rolled_back'));
    await expect(again.forgetPrevious()).rejects.toThrow(code('secret.store_rolled_back'));
    await expect(again.list()).rejects.toThrow(code('secret.store_rolled_back'));
    await again.trustRestored();
    expect((await again.get('key')).value).toBe('a-stolen-value');
    expect((await (await open(folder, {}, memory)).get('key')).value).toBe('a-stolen-value');
  });

  it('finds out that the file was taken away, or its number raised', async () => {
    const folder = makeFolder();
    const path = join(folder, 'secrets.json');
    const memory = remember();
    await (await open(folder, {}, memory)).set('key', 'a-secret-value');
    const held: { generation: number } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...held, generation: held.generation + 1 }));
    await expect(open(folder, {}, memory)).rejects.toThrow(code('secret.unavailable'));
    rmSync(path);
    await expect((await open(folder, {}, memory)).set('key', 'other-value')).rejects.toThrow(
      code('secret.store_rolled_back'),
    );
  });

  it('takes a file that is ahead of the memory, as a crash leaves it', async () => {
    const folder = makeFolder();
    await (await open(folder)).set('key', 'a-secret-value');
    const memory = remember();
    expect((await (await open(folder, {}, memory)).get('key')).value).toBe('a-secret-value');
    expect(memory.seen).toBe(1);
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
