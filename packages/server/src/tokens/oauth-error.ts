import type { AppError, ErrorCode } from '@countersign/api';

/** The error response of RFC 6749 §5.2, with our own code beside the standard one. */
export interface OAuthError {
  readonly status: 400 | 401 | 429 | 500 | 503;
  readonly body: { readonly error: string; readonly error_description: string; readonly code: ErrorCode };
}

const standardCodes = new Map<string, string>([
  ['action.arguments_invalid', 'invalid_authorization_details'],
  ['action.denied', 'access_denied'],
  ['action.not_in_limits', 'access_denied'],
  ['action.tool_quarantined', 'access_denied'],
  ['action.tool_unknown', 'invalid_authorization_details'],
  ['agent.not_active', 'unauthorized_client'],
  ['delegation.not_active', 'invalid_authorization_details'],
  ['delegation.not_found', 'invalid_authorization_details'],
  ['organisation.assertion_invalid', 'invalid_grant'],
  ['organisation.assertion_needed', 'unauthorized_client'],
  ['organisation.assertion_replayed', 'invalid_grant'],
  ['organisation.ceiling_exceeded', 'access_denied'],
  ['organisation.cut_off', 'unauthorized_client'],
  ['organisation.issuing_refused', 'unauthorized_client'],
  ['signal.stopped', 'unauthorized_client'],
  ['task.exceeds_delegation', 'invalid_authorization_details'],
  ['task.not_open', 'invalid_authorization_details'],
  ['task.too_deep', 'invalid_authorization_details'],
  ['token.actor_invalid', 'invalid_request'],
  ['token.ask_denied', 'access_denied'],
  ['token.ask_expired', 'expired_token'],
  ['token.authorization_pending', 'authorization_pending'],
  ['token.binding_message_invalid', 'invalid_binding_message'],
  ['token.certificate_invalid', 'invalid_client'],
  ['token.client_assertion_invalid', 'invalid_client'],
  ['token.client_metadata_invalid', 'invalid_client'],
  ['token.client_unknown', 'invalid_client'],
  ['token.consent_denied', 'access_denied'],
  ['token.consent_needed', 'consent_required'],
  ['token.details_invalid', 'invalid_authorization_details'],
  ['token.exchange_refused', 'unauthorized_client'],
  ['token.grant_invalid', 'invalid_grant'],
  ['token.grant_not_allowed', 'unauthorized_client'],
  ['token.grant_unsupported', 'unsupported_grant_type'],
  ['token.person_unknown', 'unknown_user_id'],
  ['token.proof_invalid', 'invalid_dpop_proof'],
  ['token.proof_nonce_needed', 'use_dpop_nonce'],
  ['token.proof_replayed', 'invalid_dpop_proof'],
  ['token.redirect_refused', 'invalid_request'],
  ['token.request_invalid', 'invalid_request'],
  ['token.request_uri_invalid', 'invalid_request_uri'],
  ['token.response_type_unsupported', 'unsupported_response_type'],
  ['token.revocation_refused', 'unauthorized_client'],
  ['token.scope_invalid', 'invalid_scope'],
  ['token.sign_in_needed', 'login_required'],
  ['token.slow_down', 'slow_down'],
  ['token.subject_invalid', 'invalid_request'],
  ['token.target_invalid', 'invalid_target'],
  ['token.task_needed', 'invalid_authorization_details'],
  ['token.workload_replayed', 'invalid_client'],
  ['token.workload_unknown', 'invalid_client'],
  ['upstream.not_found', 'invalid_target'],
]);

export function toOAuthError(error: AppError): OAuthError {
  const { caller } = error.entry;
  const description = error.detail === undefined ? caller : `${caller} (${error.detail})`;
  const standard = standardCodes.get(error.code);
  const body = { error_description: toDescription(description), code: error.code };
  if (standard === undefined) return readUnlisted(error, body);
  // The token endpoint answers 400, and 401 only to failed client authentication.
  return { status: standard === 'invalid_client' ? 401 : 400, body: { error: standard, ...body } };
}

function readUnlisted(error: AppError, body: Omit<OAuthError['body'], 'error'>): OAuthError {
  const { status } = error.entry;
  if (status === 503 || status === 429)
    return { status, body: { error: 'temporarily_unavailable', ...body } };
  if (status < 500) return { status: 400, body: { error: 'invalid_request', ...body } };
  return { status: 500, body: { error: 'server_error', ...body } };
}

/** RFC 6749 §5.2 allows printable ASCII without quote and backslash. */
function toDescription(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, ' ');
}
