import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { Context } from '../context.ts';

export const longestAssertionSeconds = 300;

/**
 * The `jti` of a client assertion (RFC 7523 §3 with RFC 7523bis' audience rule) that this key signed for this client:
 * the issuer is the sole audience, `iss` = `sub` = client, at most 5 minutes long. Undefined when anything is wrong with it.
 */
export async function verifyClientAssertion(
  context: Pick<Context, 'platform' | 'tokens' | 'config'>,
  given: { readonly assertion: string; readonly clientId: string; readonly key: KeyObject },
): Promise<string | undefined> {
  const { assertion, clientId, key } = given;
  const nowSeconds = context.platform.now() / 1000;
  const skew = context.config.tokens.clockSkewSeconds;
  try {
    const { payload } = await jwtVerify(assertion, key, {
      // What this key can do, not what the assertion says (RFC 8725 §3.1).
      algorithms: key.asymmetricKeyType === 'ed25519' ? ['EdDSA', 'Ed25519'] : ['ES256'],
      issuer: clientId,
      subject: clientId,
      clockTolerance: skew,
      currentDate: new Date(context.platform.now()),
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { aud, exp, iat, jti } = payload;
    const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
    if (audiences.length !== 1 || audiences[0] !== context.tokens.issuer) return undefined;
    if (exp === undefined || exp > nowSeconds + longestAssertionSeconds + skew) return undefined;
    if (iat === undefined || iat > nowSeconds + skew) return undefined;
    // What was used is remembered in memory only, so nothing made before this process may be used in it.
    if (iat < Math.floor(context.tokens.startedAt / 1000)) return undefined;
    return typeof jti === 'string' && jti.length > 0 && jti.length <= 256 ? jti : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
