import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { findClient, type InteractiveClient } from '../clients/find-client.ts';
import { matchRedirectUri } from '../clients/redirect-uri.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { type AuthorizationRequest, readAuthorizationRequest, readState } from './authorization-request.ts';
import type { ResponseTarget } from './authorization-response.ts';
import { digestRequestUri, loadPushedRequest } from './pushed-request.ts';

/** A request at the authorization endpoint as far as it could be read. */
export interface ResolvedRequest {
  readonly client: InteractiveClient;
  /** Of the pushed request it came from. */
  readonly pushed: string | null;
  readonly target: ResponseTarget;
  /** The request, or what is wrong with it: told to the client, whose redirect URI is known to be its own. */
  readonly request: AuthorizationRequest | AppError;
}

/**
 * Throws what must never travel to the redirect URI, because nobody knows yet whose it is: `token.client_unknown`,
 * `token.redirect_refused`, `token.request_uri_invalid`, `token.request_invalid`.
 */
export async function resolveRequest(
  context: Pick<Context, 'platform' | 'store' | 'tokens'>,
  parameters: TokenParameters,
): Promise<ResolvedRequest> {
  const clientId = parameters.require('client_id');
  const client = await findClient(context, clientId);
  const requestUri = parameters.take('request_uri');
  if (requestUri !== undefined) {
    // RFC 9126 §4: what was pushed counts, whatever else the address says.
    const request = await loadPushedRequest(context, clientId, requestUri);
    // The client may have changed its document since.
    requireRedirectUri(client, request.redirectUri);
    return { client, pushed: digestRequestUri(requestUri), target: request, request };
  }
  const redirectUri = requireRedirectUri(client, parameters.take('redirect_uri'));
  try {
    const state = readState(parameters);
    const request = readOrError(parameters, { clientId, redirectUri, issuer: context.tokens.issuer });
    return { client, pushed: null, target: { redirectUri, state }, request };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { client, pushed: null, target: { redirectUri, state: null }, request: thrown };
  }
}

/** Throws `token.redirect_refused`. Always named, so that no code goes where its client does not expect it. */
export function requireRedirectUri(client: InteractiveClient, given: string | undefined): string {
  if (given === undefined || !matchRedirectUri(client.redirectUris, given)) {
    throw new AppError('token.redirect_refused');
  }
  return given;
}

function readOrError(
  parameters: TokenParameters,
  given: { readonly clientId: string; readonly redirectUri: string; readonly issuer: string },
): AuthorizationRequest | AppError {
  try {
    return readAuthorizationRequest(parameters, given);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
}
