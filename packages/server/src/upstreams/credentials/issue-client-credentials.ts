import * as oauth from 'oauth4webapi';
import {
  type IssueParts,
  type IssueRequest,
  openIssuerClient,
  readExpiry,
  readToken,
  requireScopes,
  revokeToken,
} from './issue-parts.ts';
import { requestToken } from './issuer-client.ts';
import type { Issued } from './minted.ts';

/** RFC 6749, section 4.4: a token of this server itself, a new one for every task. */
export async function issueClientCredentials(
  parts: IssueParts,
  { holder, credential }: IssueRequest<'client-credentials'>,
): Promise<Issued> {
  const at = await openIssuerClient(parts, holder, credential, { clientId: credential.clientId });
  const parameters = new URLSearchParams();
  if (credential.scopes !== undefined) parameters.set('scope', credential.scopes.join(' '));
  if (at.resource !== undefined) parameters.set('resource', at.resource);
  const response = await requestToken(at, {
    send: (options) =>
      oauth.clientCredentialsGrantRequest(at.server, at.client, at.authenticate, parameters, options),
    read: (answer) => oauth.processClientCredentialsResponse(at.server, at.client, answer),
  });
  requireScopes(credential.scopes, response.scope);
  const token = readToken(response, false);
  return {
    kind: credential.kind,
    token,
    values: [token],
    expiresAt: readExpiry(response.expires_in, parts.platform.now()),
    facts: { issuer: at.server.issuer, resource: at.resource ?? null, scopes: credential.scopes ?? [] },
    revoke: () => revokeToken(at, token),
  };
}
