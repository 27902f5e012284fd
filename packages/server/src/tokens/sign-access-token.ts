import { SignJWT } from 'jose';
import type { SigningKey } from './signing-keys.ts';
import type { TokenClaims } from './token-claims.ts';

/** An RFC 9068 access token: `typ` `at+jwt`, ES256. */
export function signAccessToken(key: SigningKey, claims: TokenClaims): Promise<string> {
  return new SignJWT({ ...claims, aud: [...claims.aud] })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
    .sign(key.privateKey);
}
