import { createHmac } from 'node:crypto';
import { type CryptoKey, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';

type Claims = { readonly [name: string]: unknown };

export interface TokenForgery {
  readonly header?: Claims;
  readonly claims?: Claims;
  /** None, the old signature, a secret for HMAC, or a private key. */
  readonly sign: 'not' | 'as before' | Uint8Array | CryptoKey;
}

/** A token made from a good one: changed where the forgery says, and signed the way a forger can. */
export async function forgeToken(token: string, { header, claims, sign }: TokenForgery): Promise<string> {
  const protectedHeader = { ...decodeProtectedHeader(token), ...header };
  const payload = { ...decodeJwt(token), ...claims };
  const signed = `${encode(protectedHeader)}.${encode(payload)}`;
  if (sign === 'not') return `${signed}.`;
  if (sign === 'as before') return `${signed}.${token.split('.')[2]}`;
  if (sign instanceof Uint8Array) {
    return `${signed}.${createHmac('sha256', sign).update(signed).digest('base64url')}`;
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...protectedHeader }).sign(sign);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
