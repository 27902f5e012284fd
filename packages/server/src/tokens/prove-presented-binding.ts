import { AppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import { requireInTime } from './certificates/client-certificate.ts';
import { longestInteractiveSeconds } from './to-presented-token.ts';
import type { PresentedCredentials, PresentedToken } from './token-state.ts';
import type { ProofVerifier } from './verify-proof.ts';

export type Scheme = 'dpop' | 'bearer';

interface BindingParts {
  readonly platform: Pick<Platform, 'now'>;
  readonly proofs: ProofVerifier;
  readonly clockSkewSeconds: number;
  /** Whether any token is good without proof of possession. */
  readonly acceptsUnbound: boolean;
}

/** What of a verified token says what it is bound to. */
export type BoundToken = Pick<
  PresentedToken,
  'agentId' | 'clientId' | 'registeredKey' | 'binding' | 'issuedAt' | 'expiresAt' | 'tokenHash'
>;

/** Throws unless the request proves possession of what the token is bound to. Waits only for a proof's signature. */
export type BindingCheck = (
  presented: PresentedCredentials,
  scheme: Scheme,
  token: BoundToken,
) => Promise<unknown> | undefined;

/** The token's own binding alone counts: whatever else the request carries proves nothing about it. */
export function createBindingCheck(parts: BindingParts): BindingCheck {
  return (presented, scheme, token) => {
    const { binding } = token;
    if (binding.kind === 'dpop') return proveKey(parts, presented, scheme, { token, jkt: binding.jkt });
    if (scheme !== 'bearer') throw new AppError('token.invalid', { detail: 'not bound to a DPoP key' });
    if (binding.kind === 'mtls') requireCertificate(parts, presented, binding.x5t);
    else requireInteractive(parts, token);
    return undefined;
  };
}

function proveKey(
  { proofs }: BindingParts,
  { dpop, method, url }: PresentedCredentials,
  scheme: Scheme,
  { token, jkt }: { readonly token: BoundToken; readonly jkt: string },
): Promise<string> {
  // RFC 9449 §7.2: to take it as a bearer token would be to take it from whoever stole it.
  if (scheme === 'bearer') throw new AppError('token.bearer_refused');
  const [proof, ...others] = dpop;
  if (proof === undefined || others.length > 0) {
    throw new AppError('token.proof_invalid', { detail: 'exactly one DPoP header is needed' });
  }
  return proofs.verify(proof, { method, url, token: { hash: token.tokenHash, jkt } });
}

/** RFC 8705 §3: the very certificate, on this very connection. */
function requireCertificate(
  { platform, clockSkewSeconds }: BindingParts,
  { certificate }: PresentedCredentials,
  x5t: string,
): void {
  if (certificate?.x5t !== x5t) {
    throw new AppError('token.certificate_invalid', { detail: 'not the certificate of this connection' });
  }
  requireInTime(certificate, platform.now(), clockSkewSeconds);
}

/** What people's programs were given without a key; an agent never is, so a token that says so is none of ours. */
function requireInteractive({ acceptsUnbound }: BindingParts, token: BoundToken): void {
  const lifetimeSeconds = (token.expiresAt - token.issuedAt) / 1000;
  const isInteractive = token.clientId !== token.agentId && token.registeredKey === null;
  if (!acceptsUnbound || !isInteractive || lifetimeSeconds > longestInteractiveSeconds) {
    throw new AppError('token.invalid', { detail: 'bound to nothing' });
  }
}
