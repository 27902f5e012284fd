import { AppError, toAppError } from '@countersign/api';
import { isId, type JsonObject } from '@countersign/core';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { addChallenge } from '../challenge.ts';
import { verifyOwnJws } from '../own-jws.ts';
import { createBindingCheck } from '../prove-presented-binding.ts';
import { decisionResource } from '../resource-urls.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import { type Confirmation, readBinding } from '../token-claims.ts';
import type { PresentedCredentials } from '../token-state.ts';
import { type EnforcementPoint, findEnforcementPoint } from './enforcement-point.ts';

const maxTokenLength = 4096;

/** An enforcement point that has proven who it is with this very request. */
export interface Decider {
  readonly point: EnforcementPoint;
  /** What it proved possession of; null for a proxy that is known by its address or certificate. */
  readonly key: string | null;
  /** Of its token; null for a proxy. */
  readonly jti: string | null;
}

type DeciderContext = Pick<Context, 'config' | 'platform' | 'store' | 'tokens'>;

/**
 * Who asks for a decision: checks the token of an enforcement point and its proof, and that it is still registered. An
 * agent's token is none. Throws `token.*` errors that carry the response headers.
 */
export async function verifyDecider(
  context: DeciderContext,
  presented: Omit<PresentedCredentials, 'audience'>,
): Promise<Decider> {
  const [value = ''] = presented.authorization;
  const scheme = value.slice(0, Math.max(value.indexOf(' '), 0)).toLowerCase();
  const known = scheme === 'dpop' || scheme === 'bearer' ? scheme : null;
  try {
    if (presented.authorization.length === 0) throw new AppError('token.missing');
    if (known === null || presented.authorization.length > 1) throw new AppError('token.invalid');
    return await check(context, presented, known, value.slice(scheme.length + 1).trimStart());
  } catch (thrown) {
    const at = { resource: decisionResource(context.tokens.issuer), nonce: context.tokens.nextNonce() };
    throw addChallenge(toAppError(thrown), { ...at, scheme: known });
  }
}

async function check(
  context: DeciderContext,
  presented: Omit<PresentedCredentials, 'audience'>,
  scheme: 'dpop' | 'bearer',
  text: string,
): Promise<Decider> {
  const { issuer, signingKeys, proofs } = context.tokens;
  const now = context.platform.now();
  const sealed = { typ: 'at+jwt', keys: signingKeys, now, maxLength: maxTokenLength };
  const claims = await verifyOwnJws(text, sealed);
  const token = claims && readClaims(claims, issuer);
  if (token === undefined) throw new AppError('token.invalid');
  if (now >= token.expiresAt) throw new AppError('token.expired');
  const { clockSkewSeconds } = context.config.tokens;
  if (token.issuedAt > now + clockSkewSeconds * 1000) throw new AppError('token.invalid');
  const point = await findEnforcementPoint(context, token.clientId);
  if (point === undefined) throw new AppError('token.invalid');
  if (token.binding.kind === 'none' && !point.bearer) throw new AppError('token.invalid');
  const prove = createBindingCheck({
    platform: context.platform,
    proofs,
    clockSkewSeconds,
    acceptsUnbound: true,
  });
  await prove({ ...presented, audience: decisionResource(issuer) }, scheme, {
    ...token,
    tokenHash: sha256(text),
    agentId: '',
    registeredKey: null,
  });
  return { point, key: nameBinding(token.binding), jti: token.jti };
}

interface DecideClaims {
  readonly clientId: string;
  readonly binding: TokenBinding;
  readonly jti: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Undefined for every other token of ours: an agent's names other resources, and has a task or another scope. */
function readClaims(claims: JsonObject, issuer: string): DecideClaims | undefined {
  const { iss, client_id, sub, aud, iat, exp, jti, scope, cnf, agent } = claims;
  const resource = decisionResource(issuer);
  if (iss !== issuer || scope !== 'decide' || agent !== undefined || sub !== client_id) return undefined;
  if (!Array.isArray(aud) || aud.length !== 1 || aud[0] !== resource) return undefined;
  if (!isId('pep', client_id) || !isId('tok', jti)) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  // The server signed it: what it put there is one of the confirmations it knows.
  const binding = readBinding(cnf as unknown as Confirmation | undefined);
  return { clientId: client_id, binding, jti, issuedAt: iat * 1000, expiresAt: exp * 1000 };
}
