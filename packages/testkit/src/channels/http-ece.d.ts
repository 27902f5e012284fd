declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';
  /** RFC 8188 content, decrypted with the keys of RFC 8291. */
  export function decrypt(
    content: Buffer,
    options: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string },
  ): Buffer;
}
