import { encodeBase64url } from '../base64.ts';
import { openPublicKey, type VerifyingKey } from './public-key.ts';

/** The algorithms of RFC 9053 that passkeys are registered with here. */
const es256 = -7;
const eddsa = -8;
const rs256 = -257;

/** The key in a COSE_Key (RFC 9052 §7) with integer labels, hostile bytes; undefined for anything else. Never throws. */
export function readCoseKey(bytes: Uint8Array): VerifyingKey | undefined {
  try {
    const members = readMap(bytes);
    const text = (label: number): string => {
      const value = members.get(label);
      if (!(value instanceof Uint8Array)) throw malformed();
      return encodeBase64url(value);
    };
    switch (members.get(3)) {
      case es256:
        return make({ kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) }, 'sha256');
      case eddsa:
        return make({ kty: 'OKP', crv: 'Ed25519', x: text(-2) }, null);
      case rs256:
        return make({ kty: 'RSA', n: text(-1), e: text(-2) }, 'sha256');
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function make(
  jwk: { readonly [name: string]: string },
  hash: VerifyingKey['hash'],
): VerifyingKey | undefined {
  return openPublicKey(jwk, { hash, encoding: 'der' });
}

type CborValue = number | Uint8Array;

/** One CBOR map (RFC 8949) of integers to integers or byte strings, and nothing after it. */
function readMap(bytes: Uint8Array): ReadonlyMap<number, CborValue> {
  let at = 0;
  const readHead = (): readonly [major: number, argument: number] => {
    const first = bytes[at] ?? Number.NaN;
    at += 1;
    const size = first & 31;
    if (Number.isNaN(first) || size > 25) throw malformed();
    if (size < 24) return [first >> 5, size];
    const length = size === 24 ? 1 : 2;
    let argument = 0;
    for (let i = 0; i < length; i++) argument = argument * 256 + (bytes[at + i] ?? Number.NaN);
    at += length;
    if (Number.isNaN(argument)) throw malformed();
    return [first >> 5, argument];
  };
  const readValue = (): CborValue => {
    const [major, argument] = readHead();
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major !== 2 || at + argument > bytes.length) throw malformed();
    at += argument;
    return bytes.subarray(at - argument, at);
  };
  const [major, count] = readHead();
  if (major !== 5) throw malformed();
  const members = new Map<number, CborValue>();
  for (let i = 0; i < count; i++) {
    const label = readValue();
    if (typeof label !== 'number' || members.has(label)) throw malformed();
    members.set(label, readValue());
  }
  if (at !== bytes.length) throw malformed();
  return members;
}

function malformed(): Error {
  return new Error('not a COSE key');
}
