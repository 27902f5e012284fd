import { isReadable } from './is-readable.ts';

const LEAST = 8;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 62; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
for (const [sign, value] of [
  ['+', 62],
  ['-', 62],
  ['/', 63],
  ['_', 63],
] as const)
  VALUES[sign.charCodeAt(0)] = value;

/** Base64 or base64url (RFC 4648), with padding or without, as text; undefined when it is none. Case counts: not for folded text. */
export function decodeBase64(text: string): string | undefined {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  if (length < LEAST) return undefined;
  let decoded = '';
  let bits = 0;
  let held = 0;
  for (let at = 0; at < length; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? -1;
    if (value === -1) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const byte = (held >> bits) & 0xff;
    decoded += String.fromCharCode(byte);
  }
  return isReadable(decoded) ? decoded : undefined;
}
