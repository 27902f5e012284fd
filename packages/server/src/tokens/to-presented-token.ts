import { nameBinding } from './token-binding.ts';
import { readBinding, type TokenClaims } from './token-claims.ts';
import type { PresentedToken } from './token-state.ts';

/** What a client that people use may be given at most, however it is configured. */
export const longestInteractiveSeconds = 3600;

/** Verified claims in the words of the path. */
export function toPresentedToken(claims: TokenClaims, tokenHash: string): PresentedToken {
  const binding = readBinding(claims.cnf);
  return Object.freeze({
    agentId: claims.agent,
    subject: claims.sub,
    ...(claims.act === undefined ? {} : { actor: claims.act }),
    clientId: claims.client_id,
    binding,
    key: nameBinding(binding),
    registeredKey: claims.client_jkt ?? null,
    workload: claims.workload ?? null,
    taskId: claims.task ?? null,
    callDigest: claims.call ?? null,
    ownerId: claims.owner,
    chain: Object.freeze([...claims.chain]),
    issuedAt: claims.iat * 1000,
    expiresAt: claims.exp * 1000,
    jti: claims.jti,
    tokenHash,
  });
}
