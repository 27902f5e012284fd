import { AppError } from '@countersign/api';
import { signingAlgorithms } from './public-jwk.ts';
import { resourceMetadataUrl } from './resource-urls.ts';

const oauthErrors = new Map<string, string>([
  ['token.proof_nonce_needed', 'use_dpop_nonce'],
  ['token.proof_invalid', 'invalid_dpop_proof'],
  ['token.proof_replayed', 'invalid_dpop_proof'],
]);

/**
 * The same refusal with the headers a protected resource owes its client: the challenge (RFC 9449 §7.1, RFC 9728 §5.1) and
 * a nonce for the next attempt.
 */
export function addChallenge(error: AppError, resource: string, nonce: string): AppError {
  if (error.entry.status !== 401) return error;
  const common = `algs="${signingAlgorithms.join(' ')}", resource_metadata="${resourceMetadataUrl(resource)}"`;
  const failure = oauthErrors.get(error.code) ?? 'invalid_token';
  const challenge =
    error.code === 'token.missing'
      ? // Clients that know only Bearer find the metadata, which says that proof of possession is required.
        `Bearer resource_metadata="${resourceMetadataUrl(resource)}", DPoP ${common}`
      : `DPoP error="${failure}", error_description="${toQuotable(error.entry.caller)}", ${common}`;
  return new AppError(error.code, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    headers: { 'WWW-Authenticate': challenge, 'DPoP-Nonce': nonce },
    cause: error,
  });
}

function toQuotable(text: string): string {
  return text.replaceAll(/["\\]/g, "'");
}
