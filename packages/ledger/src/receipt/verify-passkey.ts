import { decodeBase64url } from '../base64.ts';
import { sha256 } from '../sha256.ts';
import { equalBytes } from '../tree-hash.ts';
import { isSignedBy } from './public-key.ts';
import { readCoseKey } from './read-cose-key.ts';
import { isObject } from './read-sd-jwt.ts';

/** An assertion with the key it was made with, as a receipt holds it; all base64url but `rpId` and `origin`. */
export interface PasskeyProof {
  readonly credentialId: string;
  /** COSE_Key. */
  readonly publicKey: string;
  readonly authenticatorData: string;
  readonly clientDataJson: string;
  readonly signature: string;
  readonly rpId: string;
  readonly origin: string;
}

const userPresent = 0x01;
const userVerified = 0x04;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Whether this passkey, with its user verified, signed exactly this digest (base64url of SHA-256) as a challenge at the
 * origin it names (WebAuthn Level 3 §7.2, without what only the server that asked can know). Never throws.
 */
export function verifyPasskeyProof(proof: PasskeyProof, digest: string): boolean {
  const clientData = decodeBase64url(proof.clientDataJson);
  const authenticatorData = decodeBase64url(proof.authenticatorData);
  const signature = decodeBase64url(proof.signature);
  const cose = decodeBase64url(proof.publicKey);
  if (!clientData || !authenticatorData || !signature || !cose || authenticatorData.length < 37) return false;
  if (!isClientData(clientData, digest, proof.origin) || !isWithin(proof.rpId, proof.origin)) return false;
  const flags = authenticatorData[32] ?? 0;
  if ((flags & userPresent) === 0 || (flags & userVerified) === 0) return false;
  if (!equalBytes(authenticatorData.subarray(0, 32), sha256(encoder.encode(proof.rpId)))) return false;
  const key = readCoseKey(cose);
  return (
    key !== undefined && isSignedBy(key, Buffer.concat([authenticatorData, sha256(clientData)]), signature)
  );
}

function isClientData(bytes: Uint8Array, digest: string, origin: string): boolean {
  try {
    const said: unknown = JSON.parse(decoder.decode(bytes));
    return (
      isObject(said) &&
      said.type === 'webauthn.get' &&
      said.challenge === digest &&
      said.origin === origin &&
      said.crossOrigin !== true
    );
  } catch {
    return false;
  }
}

function isWithin(rpId: string, origin: string): boolean {
  try {
    const { hostname } = new URL(origin);
    return hostname === rpId || hostname.endsWith(`.${rpId}`);
  } catch {
    return false;
  }
}
