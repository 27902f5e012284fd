import { type KeyObject, verify } from 'node:crypto';
import { toDerSignature } from './der-signature.ts';

/** ES256 or Ed25519 over `signed`, in the thread pool: the event loop stays free. Never throws; anything odd is false. */
export function verifySignature(key: KeyObject, signed: Buffer, signature: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (error: Error | null, valid: boolean): void => resolve(error === null && valid === true);
    try {
      if (key.asymmetricKeyType === 'ed25519') verify(null, signed, key, signature, done);
      // In DER with the bare key: with `dsaEncoding` node does four times the work on the event loop.
      else if (signature.length === 64) verify('sha256', signed, key, toDerSignature(signature), done);
      else resolve(false);
    } catch {
      resolve(false);
    }
  });
}
