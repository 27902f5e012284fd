import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { ClientCertificate } from '../certificates/client-certificate.ts';
import { requireInTime } from '../certificates/client-certificate.ts';
import { decodeJsonSegment, splitCompactJws } from '../compact-jws.ts';
import type { IssuedToken } from '../issue-token.ts';
import { signJws } from '../own-jws.ts';
import { isAlgorithmOf, type PublicJwk, thumbprintOf, toPublicKey } from '../public-jwk.ts';
import { decisionResource } from '../resource-urls.ts';
import type { TokenBinding } from '../token-binding.ts';
import { bindingClaim } from '../token-claims.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { verifyClientAssertion } from '../verify-client-assertion.ts';
import { type EnforcementPoint, findEnforcementPoint } from './enforcement-point.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const maxAssertionLength = 4096;
const decideScope = 'decide';

/** The enforcement point that an unverified, hostile token request says it comes from. */
export function findClaimedEnforcementPoint(parameters: TokenParameters): string | undefined {
  const named = parameters.take('client_id') ?? readSubject(parameters.take('client_assertion'));
  return isId('pep', named) ? named : undefined;
}

/**
 * `private_key_jwt`, or a certificate of the connection with one of its keys (RFC 8705 §2.2). Throws the one
 * `token.client_assertion_invalid`, whatever is wrong, so that nobody learns which enforcement points exist.
 */
export async function authenticateEnforcementPoint(
  context: Pick<Context, 'config' | 'platform' | 'store' | 'tokens'>,
  id: string,
  presented: { readonly parameters: TokenParameters; readonly certificate?: ClientCertificate | undefined },
): Promise<EnforcementPoint> {
  const { parameters, certificate } = presented;
  const point = await findEnforcementPoint(context, id);
  const assertion = parameters.take('client_assertion');
  if (point === undefined || parameters.take('client_secret') !== undefined) throw refuse();
  if (assertion === undefined) {
    if (certificate === undefined || !holdsKeyOf(context, point, certificate)) throw refuse();
    return point;
  }
  if (parameters.take('client_assertion_type') !== assertionType) throw refuse();
  for (const jwk of chooseKeys(point.keys, assertion)) {
    const key = toPublicKey(jwk);
    const jti = await verifyClientAssertion(context, { assertion, clientId: id, key });
    if (jti === undefined) continue;
    if (!(await context.tokens.assertions.use(`${id}.${jti}`))) throw refuse();
    return point;
  }
  throw refuse();
}

/** Whether the other side of the connection has proven to hold one of its keys. */
export function holdsKeyOf(
  context: Pick<Context, 'config' | 'platform'>,
  point: EnforcementPoint,
  certificate: ClientCertificate,
): boolean {
  const { keyThumbprint } = certificate;
  if (keyThumbprint === null || !point.keys.some((jwk) => thumbprintOf(jwk) === keyThumbprint)) return false;
  try {
    requireInTime(certificate, context.platform.now(), context.config.tokens.clockSkewSeconds);
    return true;
  } catch {
    return false;
  }
}

/** Its record is durable before it is returned. Throws `token.scope_invalid`, `token.target_invalid`, `token.proof_invalid`. */
export async function issueDecideToken(
  context: Context,
  from: {
    readonly point: EnforcementPoint;
    readonly binding: TokenBinding;
    readonly parameters: TokenParameters;
  },
): Promise<IssuedToken> {
  const { point, binding, parameters } = from;
  const { issuer, signingKeys } = context.tokens;
  if (parameters.require('grant_type') !== 'client_credentials')
    throw new AppError('token.grant_not_allowed');
  if ((parameters.take('scope') ?? decideScope) !== decideScope) throw new AppError('token.scope_invalid');
  if (parameters.all('resource').some((resource) => resource !== decisionResource(issuer)))
    throw new AppError('token.target_invalid');
  if (binding.kind === 'none' && !point.bearer)
    throw new AppError('token.proof_invalid', { detail: 'a DPoP proof or a client certificate is needed' });
  const issuedAt = Math.floor(context.platform.now() / 1000);
  const expiresInSeconds = context.config.tokens.lifetimeSeconds;
  const jti = context.platform.newId('tok');
  const accessToken = await signJws(signingKeys.current(), 'at+jwt', {
    ...{ iss: issuer, sub: point.id, client_id: point.id, aud: [decisionResource(issuer)] },
    ...{ iat: issuedAt, exp: issuedAt + expiresInSeconds, jti, scope: decideScope },
    ...bindingClaim(binding),
  });
  await context.store.append([
    {
      id: context.platform.newId('rec'),
      kind: 'token.issued',
      at: context.platform.now(),
      causes: [point.record],
      body: {
        ...{ jti, client: point.id, scope: decideScope, binding: binding.kind },
        ...{ audience: [decisionResource(issuer)], expiresAt: (issuedAt + expiresInSeconds) * 1000 },
      },
    },
  ]);
  const tokenType = binding.kind === 'dpop' ? 'DPoP' : 'Bearer';
  return { accessToken, tokenType, expiresInSeconds, claims: { scope: decideScope }, response: {} };
}

/** Keys inside the assertion are never used, and `kid` decides nothing. */
function chooseKeys(keys: readonly PublicJwk[], assertion: string): readonly PublicJwk[] {
  const header = decodeJsonSegment(assertion.slice(0, assertion.indexOf('.')));
  if (header === undefined) return [];
  if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((member) => Object.hasOwn(header, member))) return [];
  return keys.filter((jwk) => isAlgorithmOf(jwk, header.alg));
}

function readSubject(assertion: string | undefined): unknown {
  const jws = assertion === undefined ? undefined : splitCompactJws(assertion, maxAssertionLength);
  return jws && decodeJsonSegment(jws.payloadSegment)?.sub;
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
