import type { ClientMetadata } from './client-metadata.ts';
import type { ClientRow } from './client-view.ts';

/** RFC 7591 §3.2.1: what is really registered, which may be other than what was asked for. */
export function describeRegistration(row: ClientRow, issuer: string, managementToken: string | null) {
  const metadata = JSON.parse(row.metadata) as ClientMetadata;
  return {
    client_id: row.id,
    client_id_issued_at: Math.floor(row.created_at / 1000),
    client_name: metadata.name,
    redirect_uris: metadata.redirectUris,
    token_endpoint_auth_method: metadata.authMethod,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    dpop_bound_access_tokens: metadata.dpopBound,
    ...(metadata.keys.length === 0 ? {} : { jwks: { keys: metadata.keys } }),
    ...(metadata.jwksUri === null ? {} : { jwks_uri: metadata.jwksUri }),
    ...(metadata.softwareId === null ? {} : { software_id: metadata.softwareId }),
    ...(metadata.softwareVersion === null ? {} : { software_version: metadata.softwareVersion }),
    ...(managementToken === null
      ? {}
      : {
          registration_access_token: managementToken,
          registration_client_uri: `${issuer}/oauth/register/${row.id}`,
        }),
  };
}
