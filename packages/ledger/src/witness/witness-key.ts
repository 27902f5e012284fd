import { createSigningKey, formatSigningKey, parseSigningKey, type SigningKey } from '../signing-key.ts';

/** Who cosigns checkpoints: an Ed25519 key of C2SP tlog-cosignature. Its id is not that of the same key signing notes. */
export interface WitnessKey extends SigningKey {
  readonly role: 'witness';
}

const cosignatureType = 0x04;

/** The key of this name, with its id SHA-256(name || 0x0A || 0x04 || key)[:4] (C2SP tlog-cosignature). Throws RangeError. */
export function createWitnessKey(name: string, publicKey: Uint8Array): WitnessKey {
  return { ...createSigningKey(cosignatureType, name, publicKey), role: 'witness' };
}

/** The key as text: `<name>+<key id, 8 hex digits>+<base64 of 0x04 || key>`. */
export function formatWitnessKey(key: WitnessKey): string {
  return formatSigningKey(cosignatureType, key);
}

/** A key from its text, or undefined when it is malformed, one that signs notes, or its id is not its own. */
export function parseWitnessKey(text: string): WitnessKey | undefined {
  const key = parseSigningKey(cosignatureType, text);
  return key && { ...key, role: 'witness' };
}
