import { AppError } from '@countersign/api';
import { decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import type { SigningKeys } from './signing-keys.ts';
import { readTokenClaims, type TokenClaims } from './token-claims.ts';
import { verifySignature } from './verify-signature.ts';

const maxTokenLength = 8192;

/**
 * Checks that this server signed the token as an access token (RFC 9068 §4, RFC 8725 §3): only our keys, only ES256, only
 * `at+jwt`. Throws `token.invalid`. Says nothing about expiry, audience or binding.
 */
export async function verifyAccessToken(
  token: string,
  context: { readonly issuer: string; readonly keys: SigningKeys; readonly now: number },
): Promise<TokenClaims> {
  const jws = splitCompactJws(token, maxTokenLength);
  const header = jws && decodeJsonSegment(jws.headerSegment);
  if (!jws || header?.alg !== 'ES256' || header.typ !== 'at+jwt' || Object.hasOwn(header, 'crit')) {
    throw new AppError('token.invalid');
  }
  const key = typeof header.kid === 'string' ? context.keys.find(header.kid, context.now) : undefined;
  if (!key || !(await verifySignature(key.publicKey, jws.signed, jws.signature)))
    throw new AppError('token.invalid');
  const payload = decodeJsonSegment(jws.payloadSegment);
  const claims = payload && readTokenClaims(payload);
  if (!claims || claims.iss !== context.issuer) throw new AppError('token.invalid');
  return claims;
}
