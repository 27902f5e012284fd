import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseAgentKey } from './parse-agent-key.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
const ec = p256.publicKey.export({ format: 'jwk' });
const okp = ed25519.publicKey.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });

describe('parseAgentKey', () => {
  it.each([
    ['P-256', ec],
    ['Ed25519', okp],
    [
      'with the members that say the same',
      { ...okp, alg: 'EdDSA', use: 'sig', kid: 'mine', key_ops: ['verify'] },
    ],
  ])('keeps only the hashed members of a public key: %s', async (_, jwk) => {
    const { jwk: kept, thumbprint } = await parseAgentKey(jwk);
    expect(Object.keys(kept).sort()).toEqual(
      jwk.kty === 'EC' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x'],
    );
    expect(thumbprint).toBe(await calculateJwkThumbprint(jwk));
  });

  it.each([
    ['a private P-256 key', p256.privateKey.export({ format: 'jwk' })],
    ['a private Ed25519 key', ed25519.privateKey.export({ format: 'jwk' })],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['an RSA key', rsa],
    ['another curve', p384],
    ['a key for agreement', x25519],
    ['a key set', { keys: [ec] }],
    ['a list', [ec]],
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(ec)],
    ['a certificate beside it', { ...ec, x5c: ['MIIB'] }],
    ['an address beside it', { ...ec, jku: 'https://attacker.example' }],
    ['an unknown member', { ...ec, priv: 'c2VjcmV0' }],
    ['the algorithm of another type', { ...ec, alg: 'EdDSA' }],
    ['the algorithm none', { ...okp, alg: 'none' }],
    ['a key for encryption', { ...ec, use: 'enc' }],
    ['a key that signs', { ...okp, key_ops: ['sign'] }],
    ['a point off the curve', { ...ec, y: ec.x }],
    ['an Ed25519 key with y', { ...okp, y: ec.y }],
    ['a coordinate that is too short', { ...okp, x: 'AAAA' }],
    ['padding', { ...okp, x: `${okp.x}=` }],
    ['another base64 alphabet', { ...okp, x: `+${String(okp.x).slice(1)}` }],
    ['a second spelling of the last bits', { ...okp, x: `${'A'.repeat(42)}B` }],
    ['members inherited from elsewhere', Object.create(ec)],
  ])('refuses %s', async (_, value) => {
    await expect(parseAgentKey(value)).rejects.toMatchObject({ code: 'agent.key_invalid' });
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ])('refuses the point of small order %s, under which anyone can sign', async (hex) => {
    const x = Buffer.from(hex, 'hex').toString('base64url');
    await expect(parseAgentKey({ kty: 'OKP', crv: 'Ed25519', x })).rejects.toMatchObject({
      code: 'agent.key_invalid',
    });
  });

  it('never repeats a private key in its refusal', async () => {
    const jwk = ed25519.privateKey.export({ format: 'jwk' });
    const refusal: unknown = await parseAgentKey(jwk).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain(jwk.d);
  });
});
