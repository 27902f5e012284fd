import { decodeBase64, encodeBase64 } from './base64.ts';
import { sha256 } from './sha256.ts';

/** An Ed25519 key of C2SP signed-note, whatever it signs. */
export interface SigningKey {
  readonly name: string;
  /** The 32 bytes of the Ed25519 public key. */
  readonly publicKey: Uint8Array;
  /** The 4 bytes that stand before a signature and tell the keys of one name apart. */
  readonly keyId: Uint8Array;
}

/** C2SP signed-note, signature types: what a key signs is part of its id, so that no signature can pass for another kind. */
export type SignatureType = 0x01 | 0x04;

// Unicode spaces and plus would make the encoded key or a signature line ambiguous.
const keyNamePattern = /^[^\s+\p{Cc}]{1,255}$/u;

/** True for a name a C2SP signed-note key may have. */
export function isKeyName(name: string): boolean {
  return keyNamePattern.test(name) && name.isWellFormed();
}

/** The key of this name, with its id SHA-256(name || 0x0A || type || key)[:4] (C2SP signed-note). Throws RangeError. */
export function createSigningKey(type: SignatureType, name: string, publicKey: Uint8Array): SigningKey {
  if (!isKeyName(name)) throw new RangeError('a key name has no spaces and no plus');
  if (publicKey.length !== 32) throw new RangeError('an Ed25519 public key has 32 bytes');
  const input = Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(type), publicKey]);
  return { name, publicKey, keyId: sha256(input).slice(0, 4) };
}

/** The key as text: `<name>+<key id, 8 hex digits>+<base64 of type || key>` (C2SP signed-note). */
export function formatSigningKey(type: SignatureType, key: SigningKey): string {
  const id = Buffer.from(key.keyId).toString('hex');
  return `${key.name}+${id}+${encodeBase64(Buffer.concat([Uint8Array.of(type), key.publicKey]))}`;
}

/** A key from its text, or undefined when it is malformed, of another type, or its id is not its own. */
export function parseSigningKey(type: SignatureType, text: string): SigningKey | undefined {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== type) return undefined;
  const key = createSigningKey(type, name, bytes.slice(1));
  return Buffer.from(key.keyId).toString('hex') === id ? key : undefined;
}
