import type { TokenRevoker } from '../status/token-revoker.ts';
import { revokeRefreshToken } from './refresh-token.ts';

/** A refresh token handed back ends all that its session had (RFC 7009 §2.1). */
export const refreshTokenRevoker: TokenRevoker = {
  revoke: (context, client, token) => revokeRefreshToken(context, { token, clientId: client.clientId }),
};
