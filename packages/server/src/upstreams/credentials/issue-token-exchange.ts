import * as oauth from 'oauth4webapi';
import { lied } from '../json-rpc.ts';
import {
  type IssueParts,
  type IssueRequest,
  openIssuerClient,
  readExpiry,
  readToken,
  requireScopes,
  revokeToken,
  signStatement,
} from './issue-parts.ts';
import { type IssuerClient, requestToken } from './issuer-client.ts';
import type { BindingKey, Issued } from './minted.ts';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const types = 'urn:ietf:params:oauth:token-type:';

/**
 * RFC 8693 at an issuer that trusts this server: the subject token is our own signed statement about person, agent and
 * task, made for that issuer. What the agent presented here never leaves.
 */
export async function issueTokenExchange(
  parts: IssueParts,
  { holder, credential, claimant }: IssueRequest<'token-exchange'>,
): Promise<Issued> {
  const { clientId } = credential;
  const at = await openIssuerClient(parts, holder, credential, clientId === undefined ? null : { clientId });
  const subject = await signStatement(parts, at.server.issuer, claimant, 'person');
  const given = await exchange(at, {
    token: subject,
    type: 'jwt',
    scopes: credential.scopes,
    audience: credential.audience,
  });
  return {
    kind: credential.kind,
    token: given.token,
    values: [given.token],
    expiresAt: readExpiry(given.expiresIn, parts.platform.now()),
    facts: { issuer: at.server.issuer, resource: at.resource ?? null, scopes: credential.scopes ?? [] },
    revoke: () => revokeToken(at, given.token),
  };
}

export interface Exchange {
  readonly token: string;
  readonly type: 'jwt' | 'access_token';
  readonly scopes: readonly string[] | undefined;
  readonly audience?: string | undefined;
  readonly bindingKey?: BindingKey | undefined;
}

export async function exchange(
  at: IssuerClient,
  { token, type, scopes, audience, bindingKey }: Exchange,
): Promise<{ readonly token: string; readonly expiresIn: number | undefined }> {
  const parameters = new URLSearchParams({
    subject_token: token,
    subject_token_type: `${types}${type}`,
    requested_token_type: `${types}access_token`,
  });
  if (at.resource !== undefined) parameters.set('resource', at.resource);
  if (audience !== undefined) parameters.set('audience', audience);
  if (scopes !== undefined) parameters.set('scope', scopes.join(' '));
  const response = await requestToken(at, {
    bindingKey,
    send: (options) =>
      oauth.genericTokenEndpointRequest(
        at.server,
        at.client,
        at.authenticate,
        exchangeGrant,
        parameters,
        options,
      ),
    read: (answer) => oauth.processGenericTokenEndpointResponse(at.server, at.client, answer),
  });
  const { issued_token_type: issued } = response;
  if (issued !== `${types}access_token` && issued !== `${types}jwt`)
    throw lied('its issuer exchanged for another type of token');
  requireScopes(scopes, response.scope);
  return { token: readToken(response, bindingKey !== undefined), expiresIn: response.expires_in };
}
