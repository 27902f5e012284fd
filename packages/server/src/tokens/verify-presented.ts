import { hash } from 'node:crypto';
import { AppError, toAppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { addChallenge } from './challenge.ts';
import type { ProofNonces } from './proof-nonces.ts';
import type { SigningKeys } from './signing-keys.ts';
import { nameBinding } from './token-binding.ts';
import { readBinding, type TokenClaims } from './token-claims.ts';
import type { PresentedCredentials, PresentedToken } from './token-state.ts';
import { verifyAccessToken } from './verify-access-token.ts';
import type { ProofVerifier } from './verify-proof.ts';

export interface PresentedVerifier {
  verify(presented: PresentedCredentials): Promise<PresentedToken>;
  forget(): void;
}

interface VerifiedToken {
  readonly token: PresentedToken;
  readonly audience: readonly string[];
}

/**
 * What a resource does with each request (RFC 9449 §7): the token's own signature is checked once and remembered by its
 * hash until it expires; expiry, audience, binding and the proof are checked every time.
 */
export function createPresentedVerifier(options: {
  issuer: string;
  platform: Pick<Platform, 'now'>;
  signingKeys: SigningKeys;
  proofs: ProofVerifier;
  nonces: ProofNonces;
  clockSkewSeconds: number;
}): PresentedVerifier {
  const { issuer, platform, signingKeys, proofs, nonces, clockSkewSeconds } = options;
  const verified = createBoundedCache<VerifiedToken>(20_000);

  return {
    async verify(presented) {
      try {
        return await check(presented);
      } catch (thrown) {
        throw addChallenge(toAppError(thrown), presented.audience, nonces.current());
      }
    },
    forget: () => verified.clear(),
  };

  async function check(presented: PresentedCredentials): Promise<PresentedToken> {
    const text = readToken(presented.authorization);
    const tokenHash = hash('sha256', text, 'base64url');
    const known = verified.get(tokenHash) ?? (await verifyUnknown(text, tokenHash));
    const { token, audience } = known;
    if (platform.now() >= token.expiresAt) {
      verified.delete(tokenHash);
      throw new AppError('token.expired');
    }
    // A clock that was set back must not give it a longer life than it was issued for.
    if (token.issuedAt > platform.now() + clockSkewSeconds * 1000) throw new AppError('token.invalid');
    if (!audience.includes(presented.audience)) throw new AppError('token.audience_mismatch');
    // No other binding is accepted here: a certificate or nothing at all is not proof of this request.
    if (token.binding.kind !== 'dpop') throw new AppError('token.invalid');
    const [proof, ...others] = presented.dpop;
    if (proof === undefined || others.length > 0) {
      throw new AppError('token.proof_invalid', { detail: 'exactly one DPoP header is needed' });
    }
    const { method, url } = presented;
    await proofs.verify(proof, { method, url, token: { hash: tokenHash, jkt: token.binding.jkt } });
    return token;
  }

  async function verifyUnknown(text: string, tokenHash: string): Promise<VerifiedToken> {
    const claims = await verifyAccessToken(text, { issuer, keys: signingKeys, now: platform.now() });
    const entry = { token: toPresentedToken(claims, tokenHash), audience: claims.aud };
    verified.set(tokenHash, entry);
    return entry;
  }
}

/** Every token of this server is bound to a key, so no other scheme than DPoP is accepted (RFC 9449 §7.2). */
function readToken(authorization: readonly string[]): string {
  const [value, ...others] = authorization;
  if (value === undefined) throw new AppError('token.missing');
  if (others.length > 0)
    throw new AppError('token.invalid', { detail: 'exactly one Authorization header is needed' });
  const space = value.indexOf(' ');
  const scheme = value.slice(0, Math.max(space, 0)).toLowerCase();
  if (scheme === 'bearer') throw new AppError('token.bearer_refused');
  if (scheme !== 'dpop') throw new AppError('token.invalid');
  return value.slice(space + 1).trimStart();
}

function toPresentedToken(claims: TokenClaims, tokenHash: string): PresentedToken {
  const binding = readBinding(claims.cnf);
  return Object.freeze({
    agentId: claims.agent,
    subject: claims.sub,
    clientId: claims.client_id,
    binding,
    key: nameBinding(binding),
    registeredKey: claims.client_jkt ?? null,
    workload: claims.workload ?? null,
    taskId: claims.task ?? null,
    callDigest: claims.call ?? null,
    ownerId: claims.owner,
    chain: Object.freeze([...claims.chain]),
    issuedAt: claims.iat * 1000,
    expiresAt: claims.exp * 1000,
    jti: claims.jti,
    tokenHash,
  });
}
