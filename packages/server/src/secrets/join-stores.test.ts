import { describe, expect, it } from 'vitest';
import { createPlatform } from '../platform/platform.ts';
import { createEnvironmentStore } from '../plugins/secret-store/environment/create-environment-store.ts';
import { joinStores } from './join-stores.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const open = (environment: Record<string, string>) =>
  createEnvironmentStore({ environment, platform: createPlatform() });
const joined = joinStores(
  'main',
  new Map([
    ['main', open({ COUNTERSIGN_SECRET_KEY: 'value-of-main' })],
    ['other', open({ COUNTERSIGN_SECRET_KEY: 'value-of-other', COUNTERSIGN_SECRET_MORE: 'more-of-other' })],
  ]),
);

describe('joinStores', () => {
  it('takes a name without a store from the default one, and looks nowhere else for it', async () => {
    expect((await joined.get('key')).value).toBe('value-of-main');
    expect((await joined.get('main:key')).value).toBe('value-of-main');
    expect((await joined.get('other:key')).value).toBe('value-of-other');
    await expect(joined.get('more')).rejects.toThrow(code('secret.not_found'));
    await expect(joined.get('absent:key')).rejects.toThrow(code('secret.not_found'));
  });

  it('lists each secret as settings refer to it', async () => {
    expect((await joined.list()).map(({ name }) => name)).toEqual(['key', 'other:key', 'other:more']);
  });

  it.each(['a:b:c', ':key', 'main:', 'main:../key', 'key#', 'key#a#b', 'KEY', '__proto__:key', ''])(
    'takes %j for no name',
    async (name) => {
      await expect(joined.get(name)).rejects.toThrow(code('secret.invalid'));
      await expect(joined.set(name, 'some-value')).rejects.toThrow(code('secret.invalid'));
    },
  );

  it('changes no field of a secret', async () => {
    await expect(joined.set('key#field', 'some-value')).rejects.toThrow(code('secret.invalid'));
    await expect(joined.remove('key#field')).rejects.toThrow(code('secret.invalid'));
  });
});
