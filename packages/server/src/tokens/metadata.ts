import { backchannelEndpoint } from './backchannel/prove-ask-key.ts';
import { askedDetailsTypes } from './backchannel/read-wish.ts';
import { idJagTokenType } from './exchange/issue-id-jag.ts';
import { grants } from './grants/list-grants.ts';
import { signingAlgorithms } from './public-jwk.ts';
import { controlResource } from './resource-urls.ts';

/** What depends on the configuration. */
export interface TokenOffers {
  /** Connections can carry a client certificate (RFC 8705). */
  readonly certificates: boolean;
  /** Applications may register themselves (RFC 7591). */
  readonly registration: boolean;
  /** An application that cannot prove possession of a key may have a token all the same. */
  readonly unbound: boolean;
}

/** How clients may authenticate themselves. */
export function listAuthMethods(offers: TokenOffers): readonly string[] {
  return ['private_key_jwt', ...(offers.certificates ? ['self_signed_tls_client_auth'] : [])];
}

/** RFC 8414 §2. */
export function describeAuthorizationServer(issuer: string, offers: TokenOffers) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    require_pushed_authorization_requests: false,
    ...(offers.registration ? { registration_endpoint: `${issuer}/oauth/register` } : {}),
    code_challenge_methods_supported: ['S256'],
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/oauth/jwks`,
    // RFC 7662, RFC 7009; and both take what the token endpoint takes.
    introspection_endpoint: `${issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: listAuthMethods(offers),
    introspection_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: [...listAuthMethods(offers), 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account', 'create'],
    // OpenID CIBA Core 1.0 §4.
    backchannel_authentication_endpoint: backchannelEndpoint(issuer),
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_user_code_parameter_supported: false,
    grant_types_supported: grants.map((grant) => grant.type),
    // draft-ietf-oauth-identity-assertion-authz-grant, both sides.
    authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
    identity_chaining_requested_token_types_supported: [idJagTokenType],
    scopes_supported: ['tasks', 'decide'],
    token_endpoint_auth_methods_supported: [...listAuthMethods(offers), 'none'],
    tls_client_certificate_bound_access_tokens: offers.certificates,
    token_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    dpop_signing_alg_values_supported: signingAlgorithms,
    authorization_details_types_supported: ['agent_task', ...askedDetailsTypes],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  };
}

/** OpenID Connect Discovery 1.0 §3 wants these too; no ID token is ever issued. */
export function describeOpenIdProvider(issuer: string, offers: TokenOffers) {
  return {
    ...describeAuthorizationServer(issuer, offers),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

/** RFC 9728 §2, for the MCP endpoint of an upstream or for the control resource. */
export function describeProtectedResource(issuer: string, resource: string, offers: TokenOffers) {
  const isControl = resource === controlResource(issuer);
  return {
    resource,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    ...(isControl ? { scopes_supported: ['tasks'] } : {}),
    authorization_details_types_supported: ['agent_task'],
    dpop_signing_alg_values_supported: signingAlgorithms,
    // Only interactive clients have other tokens, and what those may do is capped.
    dpop_bound_access_tokens_required: isControl || !(offers.unbound || offers.certificates),
    tls_client_certificate_bound_access_tokens: offers.certificates,
  };
}
