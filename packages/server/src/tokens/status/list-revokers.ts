import { refreshTokenRevoker } from '../authorize/refresh-token-revoker.ts';
import { accessTokenRevoker } from './access-token-revoker.ts';
import type { TokenRevoker } from './token-revoker.ts';

/** Every kind of token that can be revoked; each is asked in turn. */
export const revokers: readonly TokenRevoker[] = [accessTokenRevoker, refreshTokenRevoker];
