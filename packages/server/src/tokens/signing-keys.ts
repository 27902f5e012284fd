import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { type PublicJwk, parsePublicJwk, thumbprintOf } from './public-jwk.ts';

/** A key of this server that signs tokens. */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** Epoch milliseconds from which it neither verifies nor stays in the JWKS; null while it is the one that signs. */
  readonly removedAt: number | null;
}

/** The keys in use by this process. */
export interface SigningKeys {
  /** The one that signs. */
  current(): SigningKey;
  find(kid: string, now: number): SigningKey | undefined;
  /** RFC 7517 JWK Set: every key by which a token that is still valid may have been signed. */
  publish(now: number): { readonly keys: readonly PublishedJwk[] };
  replace(keys: readonly SigningKey[]): void;
}

export type PublishedJwk = PublicJwk & { readonly kid: string; readonly alg: 'ES256'; readonly use: 'sig' };

/** `keys` holds exactly one key without `removedAt`. */
export function createSigningKeys(keys: readonly SigningKey[]): SigningKeys {
  let held = keys;
  const isHeld = (key: SigningKey, now: number): boolean => key.removedAt === null || now < key.removedAt;
  return {
    current() {
      const key = held.find((candidate) => candidate.removedAt === null);
      if (!key) throw new Error('no key signs tokens');
      return key;
    },
    find(kid, now) {
      return held.find((key) => key.kid === kid && isHeld(key, now));
    },
    publish(now) {
      const published = held.filter((key) => isHeld(key, now));
      return {
        keys: published.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' })),
      };
    },
    replace(next) {
      held = next;
    },
  };
}

/** A new private key as JWK, for sealing. */
export function generatePrivateJwk(alg: 'ES256' | 'EdDSA'): JsonWebKey {
  const { privateKey } =
    alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'jwk' });
}

export function toSigningKey(privateJwk: JsonWebKey, removedAt: number | null): SigningKey {
  const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const publicJwk = parsePublicJwk(publicKey.export({ format: 'jwk' }));
  if (!publicJwk) throw new TypeError('a signing key must be P-256 or Ed25519');
  return { kid: thumbprintOf(publicJwk), publicJwk, publicKey, privateKey, removedAt };
}
