import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { importPrivateKey } from './import-private-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;
const pem = (type: 'pkcs1' | 'pkcs8') => rsa.export({ type, format: 'pem' }).toString();

describe('a private key from a stored secret', () => {
  it.each([
    ['a JWK', JSON.stringify({ ...ec.export({ format: 'jwk' }), kid: 'k' }), 'ES256'],
    ['an Ed25519 JWK', JSON.stringify(ed.export({ format: 'jwk' })), 'Ed25519'],
    ['a PEM', pem('pkcs8'), 'RS256'],
    ['a PEM in one line', pem('pkcs1').trim().replaceAll('\n', String.raw`\n`), 'RS256'],
    ['a PEM with spaces for its lines', pem('pkcs1').trim().replaceAll('\n', ' '), 'RS256'],
    ['a PEM in base64', Buffer.from(pem('pkcs1')).toString('base64'), 'RS256'],
  ])('may be %s', (_, secret, alg) => {
    expect(importPrivateKey(secret)).toMatchObject({ alg, key: { type: 'private', extractable: false } });
  });

  it.each([
    ['nothing of the kind', 'sk-live-0123456789'],
    ['a public key', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' })],
    [
      'another curve',
      JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' })),
    ],
    [
      'a short RSA key',
      JSON.stringify(
        generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
      ),
    ],
    ['half a PEM', pem('pkcs8').slice(0, 300)],
  ])('is refused when it is %s, without saying what it was', (_, secret) => {
    expect(() => importPrivateKey(secret)).toThrow(expect.objectContaining({ code: 'secret.invalid' }));
    expect(() => importPrivateKey(secret)).not.toThrow(secret.slice(0, 12));
  });
});
