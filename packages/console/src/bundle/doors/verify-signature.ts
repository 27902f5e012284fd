import { askSignature } from '../ask-browser.ts';
import { encodeText } from '../encode-text.ts';

/** Whether this is the Ed25519 signature (RFC 8032) of the 32-byte public key over the message. Never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = { kty: 'OKP', crv: 'Ed25519', x: encodeText(publicKey) };
  return askSignature({ key, algorithm: 'Ed25519', message, signature });
}
