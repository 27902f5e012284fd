import type { TokenClaims } from '../token-claims.ts';
import type { ListedToken } from './status-lists.ts';

/** What a verified token rests on. */
export function toListedToken(claims: TokenClaims): ListedToken {
  return {
    jti: claims.jti,
    agentId: claims.agent,
    ownerId: claims.owner,
    taskId: claims.task ?? null,
    chain: claims.chain,
    registeredKey: claims.client_jkt ?? null,
    workload: claims.workload ?? null,
    expiresAt: claims.exp * 1000,
  };
}
