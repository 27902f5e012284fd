import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

/** A public key to verify with, whatever brought it here. */
export interface VerifyingKey {
  readonly key: KeyObject;
  /** Null where the algorithm has a hash of its own. */
  readonly hash: 'sha256' | null;
  /** JOSE writes ECDSA signatures as 64 bytes (RFC 7518 §3.4), WebAuthn as DER. */
  readonly encoding: 'ieee-p1363' | 'der';
}

/** The key of hostile JWK members; undefined when they are none. */
export function openPublicKey(
  jwk: Readonly<Record<string, unknown>>,
  form: Pick<VerifyingKey, 'hash' | 'encoding'>,
): VerifyingKey | undefined {
  try {
    return { key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), ...form };
  } catch {
    return undefined;
  }
}

/** Whether this is the key's signature over the message. Never throws. */
export function isSignedBy(
  { key, hash, encoding }: VerifyingKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (encoding === 'ieee-p1363' && signature.length !== 64) return false;
  try {
    return verify(hash, message, { key, dsaEncoding: encoding }, signature);
  } catch {
    return false;
  }
}
