import { toAppError } from '@countersign/api';
import { type PlatformIssuer, startPlatformIssuer } from '@countersign/testkit';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchDocument } from '../../outbound/fetch-document.ts';
import { createKeySource } from './key-source.ts';
import { loadKeys } from './load-keys.ts';

let issuer: PlatformIssuer;
let now = 0;
beforeEach(async () => {
  now = 1_000_000;
  issuer = await startPlatformIssuer({ algorithm: 'ES256' });
});
afterEach(() => issuer.close());

const open = (named: { keysUrl?: string; issuer?: string }) =>
  createKeySource({
    load: () => loadKeys({ name: 'ci', kind: 'github-actions', allowPrivate: true, ...named }, fetchDocument),
    now: () => now,
  });
const outcome = async (keys: ReturnType<typeof open>): Promise<string> => {
  try {
    await jwtVerify(await issuer.sign({ sub: 'x' }), keys);
    return 'verified';
  } catch (thrown) {
    const error = toAppError(thrown);
    return error.code === 'server.internal' ? String((thrown as { code?: string }).code) : error.code;
  }
};

describe('the keys of a platform', () => {
  it('are found by discovery, or at their address', async () => {
    expect(await outcome(open({ issuer: issuer.url }))).toBe('verified');
    expect(await outcome(open({ keysUrl: issuer.keysUrl }))).toBe('verified');
  });

  it('are taken from no discovery document of another issuer', async () => {
    issuer.answer({
      status: 200,
      body: JSON.stringify({ issuer: 'https://other.example', jwks_uri: issuer.keysUrl }),
    });
    expect(await outcome(open({ issuer: issuer.url }))).toBe('token.workload_unavailable');
  });

  it('are read anew when a key is unknown, and an old key is forgotten with them', async () => {
    const keys = open({ keysUrl: issuer.keysUrl });
    expect(await outcome(keys)).toBe('verified');
    now += 20_000;
    await issuer.rotate(true);
    expect(await outcome(keys)).toBe('verified');
    expect(issuer.asked()).toBe(2);
  });

  it('fail closed: cut off from the platform, those too old are used no more', async () => {
    const keys = open({ keysUrl: issuer.keysUrl });
    expect(await outcome(keys)).toBe('verified');
    issuer.answer({ status: 503, body: '' });
    now += 400_000;
    expect(await outcome(keys)).toBe('verified');
    now += 3_600_000;
    expect(await outcome(keys)).toBe('token.workload_unavailable');
    issuer.answer(null);
    now += 20_000;
    expect(await outcome(keys)).toBe('verified');
  });

  it.each([
    ['a redirect', { status: 302, body: '', headers: { location: 'http://localhost/keys' } }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no keys', { status: 200, body: '{}' }],
    ['a key twice named', { status: 200, body: '{"keys":[],"keys":[]}' }],
    ['too much', { status: 200, body: `{"keys":[],"x":"${'x'.repeat(300_000)}"}` }],
  ])('are not had from %s', async (_, answer) => {
    issuer.answer(answer);
    expect(await outcome(open({ keysUrl: issuer.keysUrl }))).toBe('token.workload_unavailable');
  });

  it('are not had from a private address unless the trust allows it', async () => {
    const keys = createKeySource({
      load: () => loadKeys({ name: 'ci', kind: 'github-actions', keysUrl: issuer.keysUrl }, fetchDocument),
      now: () => now,
    });
    expect(await outcome(keys)).toBe('token.workload_unavailable');
  });
});
