import type { KeyObject } from 'node:crypto';
import type { JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import { decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import { verifySignature } from './verify-signature.ts';

export const longestAssertionSeconds = 300;
const maxAssertionLength = 4096;

/**
 * The `jti` of a client assertion (RFC 7523 §3 with RFC 7523bis' audience rule) that this key signed for this client:
 * the issuer is the sole audience, `iss` = `sub` = client, at most 5 minutes long. Undefined when anything is wrong with it.
 */
export async function verifyClientAssertion(
  context: Pick<Context, 'platform' | 'tokens' | 'config'>,
  given: { readonly assertion: string; readonly clientId: string; readonly key: KeyObject },
): Promise<string | undefined> {
  const { assertion, clientId, key } = given;
  const jws = splitCompactJws(assertion, maxAssertionLength);
  const header = jws && decodeJsonSegment(jws.headerSegment);
  if (!jws || !header || !isAlgorithmOfKey(key, header.alg)) return undefined;
  // Extensions we do not understand are refused (RFC 7515 §4.1.11, RFC 7797 §6).
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return undefined;
  const claims = decodeJsonSegment(jws.payloadSegment);
  const jti = claims && checkClaims(context, claims, clientId);
  if (jti === undefined) return undefined;
  return (await verifySignature(key, jws.signed, jws.signature)) ? jti : undefined;
}

/** What this key can do, not what the assertion says (RFC 8725 §3.1). */
function isAlgorithmOfKey(key: KeyObject, alg: unknown): boolean {
  if (key.asymmetricKeyType === 'ed25519') return alg === 'EdDSA' || alg === 'Ed25519';
  return key.asymmetricKeyType === 'ec' && alg === 'ES256';
}

function checkClaims(
  context: Pick<Context, 'platform' | 'tokens' | 'config'>,
  { iss, sub, aud, exp, iat, nbf, jti }: JsonObject,
  clientId: string,
): string | undefined {
  const now = context.platform.now() / 1000;
  const skew = context.config.tokens.clockSkewSeconds;
  if (iss !== clientId || sub !== clientId) return undefined;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audiences.length !== 1 || audiences[0] !== context.tokens.issuer) return undefined;
  if (!isTime(exp) || exp <= now - skew || exp > now + longestAssertionSeconds + skew) return undefined;
  if (!isTime(iat) || iat > now + skew) return undefined;
  // What was used is remembered in memory only, so nothing made before this process may be used in it.
  if (iat < Math.floor(context.tokens.startedAt / 1000)) return undefined;
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + skew)) return undefined;
  return typeof jti === 'string' && jti.length > 0 && jti.length <= 256 ? jti : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
