import { expect, it } from 'vitest';
import type { SecretStore } from './secret-store.ts';

export interface SecretStoreSubject {
  /** Opens a store that already holds these secrets, however it keeps them. */
  open(secrets: Readonly<Record<string, string>>): Promise<SecretStore>;
  readonly writable: boolean;
  /** Moves the clock of a writable store. */
  advance?(milliseconds: number): void;
  /** Epoch milliseconds of that clock. */
  now?(): number;
}

const refusal = /^secret\.(invalid|not_found)$/;
const code = (name: string) => expect.objectContaining({ code: name });

/** What every secret store must do. */
export function testSecretStore(subject: SecretStoreSubject): void {
  const { open, writable } = subject;
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

  it.each([
    '../held',
    'held/../held',
    'held%2f..',
    '..',
    '',
    'held?version=1',
    'held\0',
    'HELD',
    'a'.repeat(64),
  ])('takes %j for no name', async (name) => {
    const store = await open({ held: 'some-value' });
    const refused = store.get(name);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: expect.stringMatching(refusal) }));
    await expect(refused).rejects.not.toThrow('some-value');
  });

  it('closes, and closes again', async () => {
    const store = await open({ held: 'some-value' });
    await store.get('held');
    await store.close();
    await store.close();
  });

  if (!writable) {
    it('refuses every change', async () => {
      const store = await open({ held: 'some-value' });
      await expect(store.set('held', 'other-value')).rejects.toThrow(code('secret.unavailable'));
      await expect(store.rotate('held', 'other-value', 1)).rejects.toThrow(code('secret.unavailable'));
      await expect(store.remove('held')).rejects.toThrow(code('secret.unavailable'));
      expect((await store.get('held')).value).toBe('some-value');
      expect(await store.forgetPrevious()).toEqual([]);
    });
    return;
  }

  it('changes the version with every change of the value', async () => {
    const store = await open({});
    const first = await store.set('key', 'first-value');
    const second = await store.set('key', 'second-value');
    expect(second.version).not.toBe(first.version);
    expect(await store.get('key')).toMatchObject({ value: 'second-value', version: second.version });
    expect(await store.get('key')).not.toHaveProperty('previous');
    await store.remove('key');
    await expect(store.get('key')).rejects.toThrow(code('secret.not_found'));
    await expect(store.remove('key')).rejects.toThrow(code('secret.not_found'));
    expect((await store.set('key', 'first-value')).version).not.toBe(first.version);
  });

  it('gives both values during the overlap of a rotation, and the new one alone from its end on', async () => {
    const { now = Date.now, advance = () => {} } = subject;
    const store = await open({});
    const first = await store.set('key', 'first-value');
    const until = now() + 60_000;
    const second = await store.rotate('key', 'second-value', until);
    expect(second).toMatchObject({ name: 'key', previousUntil: until });
    expect(await store.get('key')).toMatchObject({
      value: 'second-value',
      version: second.version,
      previous: { value: 'first-value', version: first.version },
    });
    expect(await store.list()).toMatchObject([{ name: 'key', previousUntil: until }]);
    expect(await store.forgetPrevious()).toEqual([]);
    advance(60_000);
    // Before anything has tidied up.
    expect(await store.get('key')).not.toHaveProperty('previous');
    expect(await store.forgetPrevious()).toMatchObject([{ name: 'key', version: second.version }]);
    expect(await store.forgetPrevious()).toEqual([]);
    expect(await store.list()).toMatchObject([{ name: 'key', version: second.version, previousUntil: null }]);
    expect((await store.get('key')).version).toBe(second.version);
  });

  it('ends an overlap when the value is set again or removed', async () => {
    const { now = Date.now } = subject;
    const store = await open({});
    await store.set('key', 'first-value');
    await store.rotate('key', 'second-value', now() + 60_000);
    await store.set('key', 'third-value');
    expect(await store.get('key')).not.toHaveProperty('previous');
    await expect(store.rotate('missing', 'some-value', now() + 60_000)).rejects.toThrow(
      code('secret.not_found'),
    );
    await expect(store.rotate('key', 'short', now() + 60_000)).rejects.toThrow(code('secret.invalid'));
    expect((await store.get('key')).value).toBe('third-value');
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
