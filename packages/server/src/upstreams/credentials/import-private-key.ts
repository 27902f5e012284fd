import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';
import { AppError } from '@countersign/api';

export interface ImportedKey {
  readonly key: webcrypto.CryptoKey;
  readonly alg: 'RS256' | 'ES256' | 'Ed25519';
  readonly kid: string | undefined;
}

/**
 * A signing key from a stored secret: a private JWK, a PEM whose lines may be joined by `\n` or spaces, or a PEM in
 * base64, because the store keeps values of one line. RSA (at least 2048 bits), P-256 and Ed25519. Throws
 * `secret.invalid`, which never says what the value was.
 */
export function importPrivateKey(secret: string): ImportedKey {
  try {
    const isJwk = secret.startsWith('{');
    const jwk: { kid?: unknown } = isJwk ? JSON.parse(secret) : {};
    const key = createPrivateKey(isJwk ? { key: jwk, format: 'jwk' } : restorePem(secret));
    return { ...toCryptoKey(key), kid: typeof jwk.kid === 'string' ? jwk.kid : undefined };
  } catch {
    throw new AppError('secret.invalid', { detail: 'not a private key (RSA, P-256 or Ed25519; JWK or PEM)' });
  }
}

function toCryptoKey(key: KeyObject): Pick<ImportedKey, 'key' | 'alg'> {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { key: key.toCryptoKey(algorithm, false, ['sign']), alg: 'RS256' };
  }
  if (type === 'ec' && details?.namedCurve === 'prime256v1') {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    return { key: key.toCryptoKey(algorithm, false, ['sign']), alg: 'ES256' };
  }
  if (type === 'ed25519')
    return { key: key.toCryptoKey({ name: 'Ed25519' }, false, ['sign']), alg: 'Ed25519' };
  throw new TypeError('not a key that signs here');
}

function restorePem(secret: string): string {
  const text = secret.startsWith('-----BEGIN') ? secret : Buffer.from(secret, 'base64').toString('latin1');
  const match = /^-----BEGIN ([A-Z ]{1,32})-----([A-Za-z0-9+/=\s\\]+)-----END \1-----\s*$/.exec(text);
  if (match === null) throw new TypeError('not PEM');
  const body = (match[2] ?? '').replaceAll(String.raw`\n`, '').replace(/\s/g, '');
  return `-----BEGIN ${match[1]}-----\n${body}\n-----END ${match[1]}-----\n`;
}
