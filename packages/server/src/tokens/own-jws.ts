import { sign } from 'node:crypto';
import type { JsonObject } from '@countersign/core';
import { decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import { fromDerSignature } from './der-signature.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';
import { verifySignature } from './verify-signature.ts';

/** A compact JWS by this server: `typ` says what it is for, so that none passes for another (RFC 8725 §3.11). */
export function signJws(key: SigningKey, typ: string, claims: object): Promise<string> {
  const signed = `${encode({ alg: 'ES256', typ, kid: key.kid })}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(signed), key.privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(`${signed}.${fromDerSignature(signature).toString('base64url')}`);
    });
  });
}

/** A detached JWS (RFC 7515, appendix F) by this server over a text that its reader makes anew. */
export function signDetached(
  key: SigningKey,
  header: object,
  payload: string,
): Promise<{ readonly protected: string; readonly signature: string }> {
  const head = encode({ ...header, alg: 'ES256', kid: key.kid });
  const signed = `${head}.${Buffer.from(payload).toString('base64url')}`;
  return new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(signed), key.privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve({ protected: head, signature: fromDerSignature(signature).toString('base64url') });
    });
  });
}

/** The claims, when this server signed hostile text as exactly this `typ` with a key still in use. */
export async function verifyOwnJws(
  text: string,
  context: {
    readonly typ: string;
    readonly keys: SigningKeys;
    readonly now: number;
    readonly maxLength: number;
  },
): Promise<JsonObject | undefined> {
  const jws = splitCompactJws(text, context.maxLength);
  const header = jws && decodeJsonSegment(jws.headerSegment);
  if (!jws || header?.alg !== 'ES256' || header.typ !== context.typ || Object.hasOwn(header, 'crit'))
    return undefined;
  const key = typeof header.kid === 'string' ? context.keys.find(header.kid, context.now) : undefined;
  if (!key || !(await verifySignature(key.publicKey, jws.signed, jws.signature))) return undefined;
  return decodeJsonSegment(jws.payloadSegment);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
