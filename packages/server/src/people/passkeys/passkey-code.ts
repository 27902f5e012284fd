import { createHash } from 'node:crypto';

// Without 0, 1, I and O, which people read to each other as one another.
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const length = 12;

/**
 * What a person reads to the administrator who confirms their passkey: 60 bits of the key's digest, so that no other key
 * can be made to pass for it.
 */
export function passkeyCode(publicKey: Uint8Array): string {
  const digest = createHash('sha256').update('countersign/passkey-code\n').update(publicKey).digest();
  const code = Array.from(digest.subarray(0, length), (byte) => letters[byte % letters.length]).join('');
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** As it was typed: in any case, with or without what divides it. */
export function isPasskeyCode(publicKey: Uint8Array, typed: string): boolean {
  const plain = (text: string): string => text.toUpperCase().replace(/[\s-]/g, '');
  return plain(typed) === plain(passkeyCode(publicKey));
}
