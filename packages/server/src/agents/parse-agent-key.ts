import { createPublicKey } from 'node:crypto';
import { AppError } from '@countersign/api';
import { calculateJwkThumbprint } from 'jose';

/** One public key with only the members that RFC 7638 hashes. */
export type AgentJwk =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

export interface AgentKey {
  readonly jwk: AgentJwk;
  /** RFC 7638 with SHA-256. */
  readonly thumbprint: string;
}

const publicMembers = new Set(['kty', 'crv', 'x', 'y', 'kid', 'alg', 'use', 'key_ops', 'ext']);

/**
 * Reads a hostile registration key. Throws `agent.key_invalid` for anything but one public Ed25519 or P-256 JWK, and
 * never repeats any part of it: people paste private keys by mistake.
 */
export async function parseAgentKey(value: unknown): Promise<AgentKey> {
  const jwk = readJwk(value);
  if (jwk === undefined || !isUsablePoint(jwk)) throw new AppError('agent.key_invalid');
  return { jwk, thumbprint: await calculateJwkThumbprint({ ...jwk }, 'sha256') };
}

function readJwk(value: unknown): AgentJwk | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  // An allow-list: a private member, a certificate or a key set is refused whatever it is called.
  if ([...members.keys()].some((name) => !publicMembers.has(name))) return undefined;
  if (members.has('use') && members.get('use') !== 'sig') return undefined;
  if (members.has('key_ops') && JSON.stringify(members.get('key_ops')) !== '["verify"]') return undefined;
  const x = members.get('x');
  const y = members.get('y');
  const alg = members.get('alg');
  if (!isCoordinate(x)) return undefined;
  if (members.get('kty') === 'EC' && members.get('crv') === 'P-256' && isCoordinate(y)) {
    return alg === undefined || alg === 'ES256' ? { kty: 'EC', crv: 'P-256', x, y } : undefined;
  }
  if (members.get('kty') === 'OKP' && members.get('crv') === 'Ed25519' && y === undefined) {
    const fits = alg === undefined || alg === 'EdDSA' || alg === 'Ed25519';
    return fits ? { kty: 'OKP', crv: 'Ed25519', x } : undefined;
  }
  return undefined;
}

// A second spelling of the same 32 bytes would give one key two thumbprints.
function isCoordinate(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 43) return false;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === value;
}

// The eight points of small order, in every spelling, without the sign bit: under such a key anyone can sign.
const smallOrder = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function isUsablePoint(jwk: AgentJwk): boolean {
  if (jwk.kty === 'OKP') {
    const bytes = Buffer.from(jwk.x, 'base64url');
    bytes[31] = (bytes[31] ?? 0) & 0x7f;
    return !smallOrder.has(bytes.toString('hex'));
  }
  try {
    createPublicKey({ key: { ...jwk }, format: 'jwk' });
    return true;
  } catch {
    // Not a point of the curve.
    return false;
  }
}
