import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { TokenClaims } from '../token-claims.ts';
import { verifyAccessToken } from '../verify-access-token.ts';
import { endToken } from './end-token.ts';
import type { TokenRevoker } from './token-revoker.ts';

export const accessTokenRevoker: TokenRevoker = {
  async revoke(context, client, token) {
    const claims = await readOwnToken(context, token);
    if (claims === undefined) return false;
    if (claims.client_id !== client.clientId) throw new AppError('token.revocation_refused');
    await endToken(context, {
      ...{ jti: claims.jti, agentId: claims.agent, taskId: claims.task ?? null, chain: claims.chain },
      ...{ expiresAt: claims.exp * 1000, by: `client:${client.clientId}` },
    });
    return true;
  },
};

/** Undefined for what this server has not signed, or what has expired. */
export async function readOwnToken(
  context: Pick<Context, 'platform' | 'tokens'>,
  token: string,
): Promise<TokenClaims | undefined> {
  const now = context.platform.now();
  const { issuer, signingKeys } = context.tokens;
  try {
    const claims = await verifyAccessToken(token, { issuer, keys: signingKeys, now });
    return claims.exp * 1000 > now ? claims : undefined;
  } catch (thrown) {
    if (toAppError(thrown).code === 'token.invalid') return undefined;
    throw thrown;
  }
}
