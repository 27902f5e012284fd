import { createPublicKey, verify } from 'node:crypto';

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the 32 key bytes. */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether this is the Ed25519 signature (RFC 8032) of the 32-byte public key over the message. Never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const der = Buffer.concat([ed25519Prefix, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}
