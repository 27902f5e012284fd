import type { KeyObject } from 'node:crypto';
import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { Context } from '../context.ts';
import type { TokenRequest } from './parse-token-request.ts';
import { parsePublicJwk, signingAlgorithms, toPublicKey } from './public-jwk.ts';

/** A client that proved possession of one of its registered keys. */
export interface AuthenticatedClient {
  readonly agentId: string;
  /** Thumbprint of that key. */
  readonly registeredKey: string;
}

const longestSeconds = 300;
const maxAssertionLength = 4096;
/** RFC 7523bis names the first; clients of before it send the second or none. A DPoP proof or token is never one of them. */
const assertionTypes = [undefined, 'client-authentication+jwt', 'jwt'];

/**
 * `private_key_jwt` (RFC 7523 §3 with RFC 7523bis' audience rule): the issuer is the sole audience, `iss` = `sub` = client,
 * at most 5 minutes long, used once. Every failure is the same `token.client_assertion_invalid`, so that nobody learns
 * which agents exist.
 */
export async function authenticateClient(
  context: Pick<Context, 'store' | 'platform' | 'tokens' | 'config'>,
  request: Pick<TokenRequest, 'clientId' | 'clientAssertion'>,
): Promise<AuthenticatedClient> {
  const agentId = findClaimedAgent(request);
  if (agentId === undefined) throw refuse();
  const now = context.platform.now();
  for (const key of await findKeys(context, agentId, request.clientAssertion, now)) {
    const jti = await verifyAssertion(context, request.clientAssertion, agentId, key.publicKey);
    if (jti === undefined) continue;
    if (!context.tokens.assertions.use(`${agentId}.${jti}`, now)) throw refuse();
    return { agentId, registeredKey: key.thumbprint };
  }
  throw refuse();
}

/** Whom an unverified, hostile request says it comes from. */
export function findClaimedAgent(
  request: Pick<TokenRequest, 'clientId' | 'clientAssertion'>,
): string | undefined {
  if (request.clientAssertion.length > maxAssertionLength) return undefined;
  try {
    const { sub } = decodeJwt(request.clientAssertion);
    return isId('agt', sub) && (request.clientId ?? sub) === sub ? sub : undefined;
  } catch {
    return undefined;
  }
}

interface ClientKey {
  readonly thumbprint: string;
  readonly publicKey: KeyObject;
}

const maxKeysTried = 4;

/** The agent's keys valid now; `kid`, when given as a thumbprint, picks one. Keys inside the assertion are never used. */
async function findKeys(
  context: Pick<Context, 'store' | 'tokens'>,
  agentId: string,
  assertion: string,
  now: number,
): Promise<readonly ClientKey[]> {
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(assertion);
  } catch {
    return [];
  }
  if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((member) => Object.hasOwn(header, member))) return [];
  if (!assertionTypes.includes(header.typ?.toLowerCase())) return [];
  const rows = await context.store.sql
    .selectFrom('agent_keys')
    .select(['thumbprint', 'jwk'])
    .where('agent_id', '=', agentId)
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .orderBy('created_at', 'desc')
    .limit(16)
    .execute();
  const named = rows.filter((row) => row.thumbprint === header.kid);
  return (named.length > 0 ? named : rows).slice(0, maxKeysTried).flatMap(({ thumbprint, jwk }) => {
    const publicKey = context.tokens.clientKeys.get(thumbprint) ?? importKey(jwk);
    if (!publicKey) return [];
    context.tokens.clientKeys.set(thumbprint, publicKey);
    return [{ thumbprint, publicKey }];
  });
}

function importKey(text: string): KeyObject | undefined {
  const jwk = parsePublicJwk(JSON.parse(text));
  return jwk && toPublicKey(jwk);
}

/** The assertion's `jti`, or undefined when anything is wrong with it. */
async function verifyAssertion(
  context: Pick<Context, 'platform' | 'tokens' | 'config'>,
  assertion: string,
  agentId: string,
  key: KeyObject,
): Promise<string | undefined> {
  const nowSeconds = context.platform.now() / 1000;
  const skew = context.config.tokens.clockSkewSeconds;
  try {
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: [...signingAlgorithms],
      issuer: agentId,
      subject: agentId,
      clockTolerance: skew,
      currentDate: new Date(context.platform.now()),
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { aud, exp, iat, jti } = payload;
    const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
    if (audiences.length !== 1 || audiences[0] !== context.tokens.issuer) return undefined;
    if (exp === undefined || exp > nowSeconds + longestSeconds + skew) return undefined;
    if (iat === undefined || iat > nowSeconds + skew) return undefined;
    // What was used is remembered in memory only, so nothing made before this process may be used in it.
    if (iat < Math.floor(context.tokens.startedAt / 1000)) return undefined;
    return typeof jti === 'string' && jti.length > 0 && jti.length <= 256 ? jti : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
