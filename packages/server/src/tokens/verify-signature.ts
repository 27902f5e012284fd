import { type KeyObject, verify } from 'node:crypto';

/** ES256 or Ed25519 over `signed`, in the thread pool: the event loop stays free. Never throws; anything odd is false. */
export function verifySignature(key: KeyObject, signed: Buffer, signature: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (error: Error | null, valid: boolean): void => resolve(error === null && valid === true);
    try {
      if (key.asymmetricKeyType === 'ed25519') verify(null, signed, key, signature, done);
      else verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature, done);
    } catch {
      resolve(false);
    }
  });
}
