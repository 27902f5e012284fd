import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../platform/platform.ts';
import { testSecretStore } from '../secret-store.contract.ts';
import { createEnvironmentStore } from './create-environment-store.ts';

const nameVariable = (name: string) => `COUNTERSIGN_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
const open = (environment: Record<string, string>) =>
  createEnvironmentStore({ environment, platform: createPlatform() });

describe('createEnvironmentStore', () => {
  testSecretStore({
    writable: false,
    open: async (secrets) =>
      open(Object.fromEntries(Object.entries(secrets).map(([name, value]) => [nameVariable(name), value]))),
  });

  it('reads a mounted file anew each time', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'countersign-')), 'key');
    writeFileSync(file, 'first-value\n');
    const store = open({ COUNTERSIGN_SECRET_PAYMENTS_KEY_FILE: file });
    const first = await store.get('payments-key');
    writeFileSync(file, 'second-value\n');
    const second = await store.get('payments-key');
    expect([first.value, second.value]).toEqual(['first-value', 'second-value']);
    expect(second.version).not.toBe(first.version);
    expect(await store.list()).toMatchObject([{ name: 'payments-key' }]);
  });

  it('refuses a file that is not there, or a value that is not acceptable', async () => {
    const store = open({ COUNTERSIGN_SECRET_A_FILE: '/no/such/file', COUNTERSIGN_SECRET_B: 'short' });
    await expect(store.get('a')).rejects.toThrow(expect.objectContaining({ code: 'secret.unavailable' }));
    await expect(store.get('b')).rejects.toThrow(expect.objectContaining({ code: 'secret.invalid' }));
  });
});
