import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Seals values that the store keeps, under one key from the data folder, a file or the environment. */
export interface MasterKey {
  /** AES-256-GCM; `purpose` is authenticated, so a sealed value opens only where it belongs. */
  seal(plaintext: string, purpose: string): string;
  /** Throws when the value was changed or sealed for another purpose. */
  open(sealed: string, purpose: string): string;
  /** 32 bytes of a key for this purpose alone (RFC 5869), the same after a restart. */
  derive(purpose: string): Uint8Array;
}

const ivBytes = 12;
const tagBytes = 16;

/** `key` is 32 bytes. */
export function createMasterKey(key: Uint8Array): MasterKey {
  if (key.length !== 32) throw new RangeError('the master key must be 32 bytes');
  return {
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, 32)),
    seal(plaintext, purpose) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64url');
      // What the decoder overlooks would make several texts of one sealed value.
      if (bytes.toString('base64url') !== sealed) throw new Error('not the text that was sealed');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString(
        'utf8',
      );
    },
  };
}
