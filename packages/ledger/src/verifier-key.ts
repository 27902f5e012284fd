import { createSigningKey, formatSigningKey, parseSigningKey, type SigningKey } from './signing-key.ts';

export { isKeyName } from './signing-key.ts';

/** Who may sign a note: a C2SP signed-note Ed25519 key. */
export type VerifierKey = SigningKey;

const ed25519Type = 0x01;

/** The key of this name, with its id SHA-256(name || 0x0A || 0x01 || key)[:4] (C2SP signed-note). Throws RangeError. */
export function createVerifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  return createSigningKey(ed25519Type, name, publicKey);
}

/** The key as text: `<name>+<key id, 8 hex digits>+<base64 of 0x01 || key>` (C2SP signed-note). */
export function formatVerifierKey(key: VerifierKey): string {
  return formatSigningKey(ed25519Type, key);
}

/** A key from its text, or undefined when it is malformed, of another algorithm, or its id is not its own. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  return parseSigningKey(ed25519Type, text);
}
