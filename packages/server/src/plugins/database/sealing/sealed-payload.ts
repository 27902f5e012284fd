import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { saltBytes } from '@countersign/ledger';
import { deriveLeafSecrets, type LeafSecrets } from './derive-secret.ts';

/** Which record a sealed payload belongs to: it opens nowhere else. */
export interface PayloadPlace {
  readonly stream: string;
  readonly seq: number;
  readonly id: string;
}

/** What an entry's commitment opens to. */
export interface PayloadOpening {
  /** Canonical JSON. */
  readonly payload: string;
  readonly salt: Uint8Array;
}

/**
 * A sealed payload is a byte for the format, one for the class whose keys seal it, 12 of nonce, the ciphertext of
 * AES-256-GCM and 16 of tag. In the second format the salt, of 16 bytes, stands before the payload: records of before
 * payloads were sealed keep the salt that their commitment was made with.
 */
const derivedSalt = 1;
const keptSalt = 2;
const headBytes = 2;
const nonceBytes = 12;
const tagBytes = 16;
const noncesAtOnce = 512;

let nonces = new Uint8Array(0);
let noncesUsed = 0;

/** Each key seals one payload, but a place may be written again after a roll-back: the nonce is new each time. */
function takeNonce(): Uint8Array {
  if (noncesUsed === nonces.length) {
    nonces = randomFillSync(new Uint8Array(nonceBytes * noncesAtOnce));
    noncesUsed = 0;
  }
  noncesUsed += nonceBytes;
  return nonces.subarray(noncesUsed - nonceBytes, noncesUsed);
}

/** `salt` is given only where the commitment was made with one that is not derived. */
export function sealPayload(
  { key }: LeafSecrets,
  place: PayloadPlace,
  classNumber: number,
  payload: string,
  salt?: Uint8Array,
): Uint8Array {
  const format = salt === undefined ? derivedSalt : keptSalt;
  const nonce = takeNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(writePlace(place, format, classNumber));
  const parts: Uint8Array[] = [Uint8Array.of(format, classNumber), nonce];
  if (salt !== undefined) parts.push(cipher.update(salt));
  parts.push(cipher.update(payload, 'utf8'), cipher.final(), cipher.getAuthTag());
  return Buffer.concat(parts);
}

/**
 * Undefined when it was changed, or belongs to another record or class. The bytes are hostile: whoever has the database
 * wrote them.
 */
export function openPayload(
  leaf: Uint8Array,
  place: PayloadPlace,
  classNumber: number,
  sealed: Uint8Array,
): PayloadOpening | undefined {
  const [format = 0, sealedClass] = sealed;
  if (sealed.length < headBytes + nonceBytes + tagBytes || sealedClass !== classNumber) return undefined;
  if (format !== derivedSalt && format !== keptSalt) return undefined;
  const { key, salt } = deriveLeafSecrets(leaf, place.id);
  const bodyAt = headBytes + nonceBytes;
  const end = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headBytes, bodyAt), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(writePlace(place, format, classNumber)).setAuthTag(sealed.subarray(end));
    const body = Buffer.concat([decipher.update(sealed.subarray(bodyAt, end)), decipher.final()]);
    if (format === derivedSalt) return { payload: body.toString(), salt };
    return { payload: body.toString('utf8', saltBytes), salt: new Uint8Array(body.subarray(0, saltBytes)) };
  } catch {
    return undefined;
  }
}

function writePlace({ stream, seq, id }: PayloadPlace, format: number, classNumber: number): Buffer {
  return Buffer.from(`countersign-payload-v${format}|${classNumber}|${stream}|${seq}|${id}`);
}
