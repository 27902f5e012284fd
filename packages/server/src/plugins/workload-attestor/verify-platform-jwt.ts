import { AppError } from '@countersign/api';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

export interface PlatformJwtRules {
  readonly keys: JWTVerifyGetKey;
  /** This server's issuer: the sole audience. With more than one, each of the others could use it here. */
  readonly audience: string;
  /** Undefined where the platform names itself otherwise. */
  readonly issuer?: string;
  readonly algorithms: readonly string[];
  readonly types: readonly string[];
  readonly clockSkewSeconds: number;
  /** From `iat` to `exp`, and of what is left. */
  readonly longestSeconds: number;
  now(): number;
}

/** Verifies a JWT that a platform made for a workload. Throws `token.client_assertion_invalid`, `token.workload_unavailable`. */
export async function verifyPlatformJwt(assertion: string, rules: PlatformJwtRules): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, rules.keys, {
      algorithms: [...rules.algorithms],
      audience: rules.audience,
      ...(rules.issuer === undefined ? {} : { issuer: rules.issuer }),
      clockTolerance: rules.clockSkewSeconds,
      currentDate: new Date(rules.now()),
      requiredClaims: ['sub', 'aud', 'exp'],
    });
    const audiences = typeof payload.aud === 'string' ? [payload.aud] : (payload.aud ?? []);
    if (audiences.length !== 1) throw refuse();
    if (protectedHeader.typ !== undefined && !rules.types.includes(protectedHeader.typ)) throw refuse();
    const nowSeconds = rules.now() / 1000;
    const { exp = 0, iat } = payload;
    if (exp - (iat ?? nowSeconds) > rules.longestSeconds + rules.clockSkewSeconds) throw refuse();
    if (iat !== undefined && iat > nowSeconds + rules.clockSkewSeconds) throw refuse();
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw refuse();
    throw error;
  }
}

/** A claim that must be there, as text of a sensible length. */
export function requireText(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > 1024) throw refuse();
  return value;
}

/** Those of the claims that are short texts: what bindings may demand and records show. */
export function pickFacts(claims: JWTPayload, names: readonly string[]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (typeof value === 'string' && value !== '' && value.length <= 1024) facts[name] = value;
  }
  return facts;
}

export function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
