import { createPublicKey, hash, type KeyObject } from 'node:crypto';

/** One public P-256 or Ed25519 key with only the members RFC 7638 hashes. */
export type PublicJwk =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** Undefined unless `value`, which is hostile, is exactly one public key of an allowed type. */
export function parsePublicJwk(value: unknown): PublicJwk | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const jwk = new Map<string, unknown>(Object.entries(value));
  if (privateMembers.some((member) => jwk.has(member))) return undefined;
  if (jwk.has('use') && jwk.get('use') !== 'sig') return undefined;
  const x = jwk.get('x');
  const y = jwk.get('y');
  if (!isCoordinate(x)) return undefined;
  if (jwk.get('kty') === 'EC' && jwk.get('crv') === 'P-256' && isCoordinate(y)) {
    return { kty: 'EC', crv: 'P-256', x, y };
  }
  if (jwk.get('kty') === 'OKP' && jwk.get('crv') === 'Ed25519' && y === undefined) {
    return { kty: 'OKP', crv: 'Ed25519', x };
  }
  return undefined;
}

/** RFC 7638 with SHA-256. */
export function thumbprintOf(jwk: PublicJwk): string {
  const canonical =
    jwk.kty === 'EC'
      ? `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`
      : `{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`;
  return hash('sha256', canonical, 'base64url');
}

/** Throws when an EC point is not on the curve. */
export function toPublicKey(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' });
}

/** `Ed25519` is the fully-specified name (RFC 9864) of what `EdDSA` means for such a key. */
export function isAlgorithmOf(jwk: PublicJwk, alg: unknown): boolean {
  return jwk.kty === 'EC' ? alg === 'ES256' : alg === 'EdDSA' || alg === 'Ed25519';
}

export const signingAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;

// A second spelling of the same 32 bytes would give one key two thumbprints.
function isCoordinate(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 43) return false;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === value;
}
