import { AppError } from '@countersign/api';
import { signingAlgorithms } from './public-jwk.ts';
import { resourceMetadataUrl } from './resource-urls.ts';

/** Refusals that a client answers with a proof, whatever scheme it used. */
const proofErrors = new Map<string, string>([
  ['token.bearer_refused', 'invalid_token'],
  ['token.proof_nonce_needed', 'use_dpop_nonce'],
  ['token.proof_invalid', 'invalid_dpop_proof'],
  ['token.proof_replayed', 'invalid_dpop_proof'],
]);

/**
 * The same refusal with the headers a protected resource owes its client: the challenge of the scheme that failed, or of
 * each when none was tried (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1), and a nonce for the next attempt.
 */
export function addChallenge(
  error: AppError,
  at: { readonly resource: string; readonly nonce: string; readonly scheme: 'dpop' | 'bearer' | null },
): AppError {
  if (error.entry.status !== 401) return error;
  return new AppError(error.code, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    headers: { 'WWW-Authenticate': challenge(error, at), 'DPoP-Nonce': at.nonce },
    cause: error,
  });
}

/** The challenge of a resource that has accepted the token and asks for another one all the same. */
export function challengeAgain(
  error: AppError,
  presented: { readonly audience: string; readonly authorization: readonly string[] },
  nonce: string,
): AppError {
  const scheme = /^dpop /i.test(presented.authorization[0] ?? '') ? 'dpop' : 'bearer';
  return addChallenge(error, { resource: presented.audience, nonce, scheme });
}

function challenge(
  error: AppError,
  { resource, scheme }: { readonly resource: string; readonly scheme: 'dpop' | 'bearer' | null },
): string {
  const bearer = `resource_metadata="${resourceMetadataUrl(resource)}"`;
  const dpop = `algs="${signingAlgorithms.join(' ')}", ${bearer}`;
  // Clients that know only Bearer find the metadata, which says what a token is bound to.
  if (error.code === 'token.missing') return `Bearer ${bearer}, DPoP ${dpop}`;
  const proofError = proofErrors.get(error.code);
  const failure = `error="${proofError ?? 'invalid_token'}", error_description="${toQuotable(error.entry.caller)}"`;
  const isBearer = proofError === undefined && scheme === 'bearer';
  return isBearer ? `Bearer ${failure}, ${bearer}` : `DPoP ${failure}, ${dpop}`;
}

function toQuotable(text: string): string {
  return text.replaceAll(/["\\]/g, "'");
}
