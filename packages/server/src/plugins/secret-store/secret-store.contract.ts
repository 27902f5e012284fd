import { expect, it } from 'vitest';
import type { SecretStore } from './secret-store.ts';

export interface SecretStoreSubject {
  /** Opens a store that already holds these secrets, however it keeps them. */
  open(secrets: Readonly<Record<string, string>>): Promise<SecretStore>;
  readonly writable: boolean;
}

const code = (name: string) => expect.objectContaining({ code: name });

/** What every secret store must do. */
export function testSecretStore({ open, writable }: SecretStoreSubject): void {
  it('gives what it holds, with a version', async () => {
    const store = await open({ 'payments-key': 'pk_live_12345678', other: 'another-value' });
    const secret = await store.get('payments-key');
    expect(secret.value).toBe('pk_live_12345678');
    expect(secret.version).not.toBe('');
    expect(await store.get('payments-key')).toEqual(secret);
    expect((await store.get('other')).version).not.toBe(secret.version);
  });

  it('lists names and versions in order, never values', async () => {
    const store = await open({ 'b-key': 'value-of-b', 'a-key': 'value-of-a' });
    const entries = await store.list();
    expect(entries.map(({ name }) => name)).toEqual(['a-key', 'b-key']);
    expect(entries[0]?.version).toBe((await store.get('a-key')).version);
    expect(JSON.stringify(entries)).not.toContain('value-of');
  });

  it('says so when it does not hold a secret', async () => {
    const store = await open({ held: 'some-value' });
    for (const name of ['missing', 'constructor', 'to-string']) {
      await expect(store.get(name)).rejects.toThrow(code('secret.not_found'));
    }
  });

  if (!writable) {
    it('refuses every change', async () => {
      const store = await open({ held: 'some-value' });
      await expect(store.set('held', 'other-value')).rejects.toThrow(code('secret.unavailable'));
      await expect(store.remove('held')).rejects.toThrow(code('secret.unavailable'));
      expect((await store.get('held')).value).toBe('some-value');
    });
    return;
  }

  it('changes the version with every change of the value', async () => {
    const store = await open({});
    const first = await store.set('key', 'first-value');
    const second = await store.set('key', 'second-value');
    expect(second.version).not.toBe(first.version);
    expect(await store.get('key')).toEqual({ value: 'second-value', version: second.version });
    await store.remove('key');
    await expect(store.get('key')).rejects.toThrow(code('secret.not_found'));
    await expect(store.remove('key')).rejects.toThrow(code('secret.not_found'));
    expect((await store.set('key', 'first-value')).version).not.toBe(first.version);
  });

  it('keeps changes that come all at once', async () => {
    const store = await open({});
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.set(`key-${i}`, `value-number-${i}`)));
    expect(await store.list()).toHaveLength(20);
    expect((await store.get('key-7')).value).toBe('value-number-7');
  });

  it.each([
    ['a name that is no slug', '../key', 'long-enough'],
    ['an empty name', '', 'long-enough'],
    ['a short value, which could not be redacted', 'key', 'short'],
    ['a huge value', 'key', 'x'.repeat(16_385)],
    ['a line break, which could add a header', 'key', 'value\r\nX-Evil: 1'],
    ['surrounding space', 'key', ' some-value'],
  ])('refuses %s', async (_, name, value) => {
    const store = await open({});
    await expect(store.set(name, value)).rejects.toThrow(code('secret.invalid'));
    expect(await store.list()).toEqual([]);
  });
}
