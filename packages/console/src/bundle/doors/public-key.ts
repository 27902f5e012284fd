import { askSignature } from '../ask-browser.ts';

/** A public key to verify with, whatever brought it here. */
export interface VerifyingKey {
  readonly key: JsonWebKey;
  /** Null where the algorithm has a hash of its own. */
  readonly hash: 'sha256' | null;
  /** JOSE writes ECDSA signatures as 64 bytes (RFC 7518 §3.4), WebAuthn as DER. */
  readonly encoding: 'ieee-p1363' | 'der';
}

const members = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/** The key of hostile JWK members. Whether it is one shows when something is verified with it. */
export function openPublicKey(
  jwk: Readonly<Record<string, unknown>>,
  form: Pick<VerifyingKey, 'hash' | 'encoding'>,
): VerifyingKey | undefined {
  const key: Record<string, string> = {};
  for (const name of members) {
    const value = jwk[name];
    if (typeof value === 'string') key[name] = value;
  }
  return { key, ...form };
}

/** Whether this is the key's signature over the message. Never throws. */
export function isSignedBy(
  { key, encoding }: VerifyingKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.kty === 'OKP') return askSignature({ key, algorithm: 'Ed25519', message, signature });
  if (key.kty === 'RSA') return askSignature({ key, algorithm: 'RS256', message, signature });
  const plain = encoding === 'der' ? readDer(signature) : signature;
  return plain?.length === 64 && askSignature({ key, algorithm: 'ES256', message, signature: plain });
}

/** The 64 bytes in a DER Ecdsa-Sig-Value (RFC 3279 section 2.2.3) of P-256, hostile; undefined for anything else. */
function readDer(bytes: Uint8Array): Uint8Array | undefined {
  const [tag, length] = bytes;
  if (tag !== 0x30 || length !== bytes.length - 2) return undefined;
  const plain = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const size = bytes[at + 1] ?? 0;
    const number = bytes.subarray(at + 2, at + 2 + size);
    if (bytes[at] !== 0x02 || size === 0 || number.length !== size) return undefined;
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (digits.length > 32) return undefined;
    plain.set(digits, end - digits.length);
    at += 2 + size;
  }
  return at === bytes.length ? plain : undefined;
}
