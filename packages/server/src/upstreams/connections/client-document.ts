/** Where people come back to from an authorization server. */
export const callbackPath = '/upstreams/callback';
/** This server's client ID metadata document: its address is the client's identifier at issuers that read such. */
export const clientDocumentPath = '/oauth/upstream-client.json';

/** This server as an OAuth client of other people's authorization servers (draft-ietf-oauth-client-id-metadata-document). */
export function describeClient(publicUrl: string) {
  return {
    client_id: `${publicUrl}${clientDocumentPath}`,
    client_name: 'Countersign',
    client_uri: publicUrl,
    redirect_uris: [`${publicUrl}${callbackPath}`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
