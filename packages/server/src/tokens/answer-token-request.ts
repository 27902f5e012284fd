import { toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { grantToken, type PresentedTokenRequest } from './grant-token.ts';
import type { IssuedToken } from './issue-token.ts';
import { type OAuthError, toOAuthError } from './oauth-error.ts';

/** The token endpoint's answer (RFC 6749 §5), whatever carries it. */
export interface TokenAnswer {
  readonly status: 200 | OAuthError['status'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Grants or refuses; never throws. `read` gives the request as it arrived, or throws what is wrong with its form. */
export async function answerTokenRequest(
  context: Context,
  read: () => Promise<PresentedTokenRequest>,
): Promise<TokenAnswer> {
  const standing = { 'cache-control': 'no-store', pragma: 'no-cache' };
  try {
    const body = describeIssued(await grantToken(context, await read()));
    return { status: 200, headers: { ...standing, 'dpop-nonce': context.tokens.nextNonce() }, body };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal')
      context.log.error({ err: error.cause ?? error }, 'token request failed');
    const nonce = { 'dpop-nonce': context.tokens.nextNonce() };
    return { ...toOAuthError(error), headers: { ...standing, ...nonce, ...error.headers } };
  }
}

function describeIssued({ accessToken, tokenType, expiresInSeconds, claims, response }: IssuedToken): object {
  const { scope, authorization_details } = claims;
  return {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresInSeconds,
    ...(scope === undefined ? {} : { scope }),
    ...(authorization_details ? { authorization_details } : {}),
    ...response,
  };
}
