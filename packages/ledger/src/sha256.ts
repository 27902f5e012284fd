import { hash } from 'node:crypto';

const hashBytes = 32;

/** SHA-256 (FIPS 180-4) of one byte string, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // As text of one character a byte: a buffer of its own takes the engine longer to make than the hash.
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(hashBytes);
  for (let at = 0; at < hashBytes; at += 1) digest[at] = text.charCodeAt(at);
  return digest;
}

/** The same as unpadded base64url text. */
export function sha256Text(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url');
}
