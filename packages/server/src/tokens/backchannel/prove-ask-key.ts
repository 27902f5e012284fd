import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { requireInTime } from '../certificates/client-certificate.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenParameters } from '../token-parameters.ts';

/** Where requests to people are made. */
export function backchannelEndpoint(issuer: string): string {
  return `${issuer}/oauth/backchannel`;
}

/**
 * What the request, and with it the token, is bound to: the key of a proof, or the key named by `dpop_jkt` (as RFC 9449
 * §10 has it for other requests that come before the token's) whose possession the token request then proves, or the
 * certificate of the connection. Throws `token.proof_invalid` and what a bad proof throws.
 */
export async function proveAskKey(
  context: Pick<Context, 'tokens' | 'platform' | 'config'>,
  presented: PresentedTokenRequest,
  parameters: TokenParameters,
): Promise<{ readonly binding: TokenBinding; readonly key: string }> {
  const { dpop, certificate } = presented;
  const [proof, ...others] = dpop;
  if (others.length > 0) throw refuse('exactly one DPoP header is needed');
  const named = parameters.take('dpop_jkt');
  if (named !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(named)) throw refuse('dpop_jkt');
  if (proof !== undefined) {
    const target = { method: 'POST', url: backchannelEndpoint(context.tokens.issuer) };
    const jkt = await context.tokens.proofs.verify(proof, target);
    if (named !== undefined && named !== jkt) throw refuse('dpop_jkt is another key');
    return { binding: { kind: 'dpop', jkt }, key: jkt };
  }
  if (named !== undefined) return { binding: { kind: 'none' }, key: named };
  if (certificate === undefined) throw refuse('a DPoP proof, dpop_jkt or a client certificate is needed');
  requireInTime(certificate, context.platform.now(), context.config.tokens.clockSkewSeconds);
  const binding: TokenBinding = { kind: 'mtls', x5t: certificate.x5t };
  return { binding, key: nameBinding(binding) };
}

function refuse(detail: string): AppError {
  return new AppError('token.proof_invalid', { detail });
}
