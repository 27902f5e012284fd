import { hash } from 'node:crypto';
import { AppError, toAppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { addChallenge } from './challenge.ts';
import type { ProofNonces } from './proof-nonces.ts';
import { createBindingCheck, type Scheme } from './prove-presented-binding.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { StatusView } from './status/status-view.ts';
import { toPresentedToken } from './to-presented-token.ts';
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
 * What a resource does with each request (RFC 9449 §7, RFC 8705 §3): the token's own signature is checked once and
 * remembered by its hash until it expires; expiry, status, audience, binding and the proof are checked every time.
 */
export function createPresentedVerifier(options: {
  issuer: string;
  platform: Pick<Platform, 'now'>;
  signingKeys: SigningKeys;
  proofs: ProofVerifier;
  nonces: ProofNonces;
  status: StatusView;
  clockSkewSeconds: number;
  /** Whether any token is good without proof of possession. */
  acceptsUnbound: boolean;
}): PresentedVerifier {
  const { issuer, platform, signingKeys, nonces, status, clockSkewSeconds } = options;
  const proveBinding = createBindingCheck(options);
  const verified = createBoundedCache<VerifiedToken>(20_000);

  return {
    async verify(presented) {
      try {
        return await check(presented);
      } catch (thrown) {
        const { audience, resource = audience, authorization } = presented;
        const scheme = readScheme(authorization[0] ?? '');
        throw addChallenge(toAppError(thrown), { resource, nonce: nonces.current(), scheme });
      }
    },
    forget: () => verified.clear(),
  };

  async function check(presented: PresentedCredentials): Promise<PresentedToken> {
    const { scheme, text } = readCredentials(presented.authorization);
    const tokenHash = hash('sha256', text, 'base64url');
    const { token, audience } = verified.get(tokenHash) ?? (await verifyUnknown(text, tokenHash));
    if (platform.now() >= token.expiresAt) {
      verified.delete(tokenHash);
      throw new AppError('token.expired');
    }
    // A clock that was set back must not give it a longer life than it was issued for.
    if (token.issuedAt > platform.now() + clockSkewSeconds * 1000) throw new AppError('token.invalid');
    if (!audience.includes(presented.audience)) throw new AppError('token.audience_mismatch');
    await proveBinding(presented, scheme, token);
    // The last, so that nothing that ended while the proof was verified is missed.
    if (!status.isHonoured(token)) await status.requireHonoured(token);
    return token;
  }

  async function verifyUnknown(text: string, tokenHash: string): Promise<VerifiedToken> {
    const claims = await verifyAccessToken(text, { issuer, keys: signingKeys, now: platform.now() });
    const entry = { token: toPresentedToken(claims, tokenHash), audience: claims.aud };
    verified.set(tokenHash, entry);
    return entry;
  }
}

function readCredentials(authorization: readonly string[]): { scheme: Scheme; text: string } {
  const [value, ...others] = authorization;
  if (value === undefined) throw new AppError('token.missing');
  if (others.length > 0)
    throw new AppError('token.invalid', { detail: 'exactly one Authorization header is needed' });
  const scheme = readScheme(value);
  if (scheme === null) throw new AppError('token.invalid');
  return { scheme, text: value.slice(value.indexOf(' ') + 1).trimStart() };
}

function readScheme(value: string): Scheme | null {
  const scheme = value.slice(0, Math.max(value.indexOf(' '), 0)).toLowerCase();
  return scheme === 'dpop' || scheme === 'bearer' ? scheme : null;
}
