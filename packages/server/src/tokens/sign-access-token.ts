import { sign } from 'node:crypto';
import { fromDerSignature } from './der-signature.ts';
import type { SigningKey } from './signing-keys.ts';
import type { TokenClaims } from './token-claims.ts';

/** By `kid`: the first part of every token that the key signs. */
const headers = new Map<string, string>();
const mostHeaders = 16;

/** An RFC 9068 access token: `typ` `at+jwt`, ES256, signed in the thread pool. */
export function signAccessToken(key: SigningKey, claims: TokenClaims): Promise<string> {
  const signed = `${readHeader(key.kid)}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    // In DER with the bare key: `dsaEncoding` doubles the cost of a signature.
    sign('sha256', Buffer.from(signed), key.privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(`${signed}.${fromDerSignature(signature).toString('base64url')}`);
    });
  });
}

function readHeader(kid: string): string {
  const known = headers.get(kid);
  if (known !== undefined) return known;
  if (headers.size >= mostHeaders) headers.clear();
  const header = encode({ alg: 'ES256', typ: 'at+jwt', kid });
  headers.set(kid, header);
  return header;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
