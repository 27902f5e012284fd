import type { Context } from '../../context.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import type { TokenClaims } from '../token-claims.ts';
import { readOwnToken } from './access-token-revoker.ts';
import { authenticateCaller, type StatusCaller } from './authenticate-caller.ts';
import { readStatuses } from './read-statuses.ts';
import { recordRefused } from './record-refused.ts';
import { toListedToken } from './to-listed-token.ts';

/** RFC 7662 §2.2. */
export type Introspection = { readonly active: false } | ActiveToken;

export interface ActiveToken extends Omit<TokenClaims, 'status'> {
  readonly active: true;
  /** How it has to be sent. */
  readonly token_type: 'DPoP' | 'Bearer';
}

const inactive: Introspection = { active: false };

/**
 * Tells an authenticated caller of a token that is its own or is meant for what it guards. Everything else, whatever the
 * reason, gets the same answer (RFC 7662 §4). Throws `AppError`s only.
 */
export function introspectToken(context: Context, presented: PresentedTokenRequest): Promise<Introspection> {
  return recordRefused(context, presented, async (parameters, authenticated) => {
    const caller = await authenticateCaller(context, presented, parameters);
    authenticated();
    const claims = await readOwnToken(context, parameters.require('token'));
    if (claims === undefined || !mayKnow(caller, claims)) return inactive;
    const statuses = await readStatuses(context, [toListedToken(claims)]);
    if (statuses.get(claims.jti) !== 'valid') return inactive;
    const { status: _place, ...rest } = claims;
    const isKeyed = claims.cnf !== undefined && 'jkt' in claims.cnf;
    return { active: true, token_type: isKeyed ? 'DPoP' : 'Bearer', ...rest };
  });
}

function mayKnow(caller: StatusCaller, claims: TokenClaims): boolean {
  if (caller.kind === 'guard') return claims.aud.some((resource) => caller.guards(resource));
  return claims.client_id === caller.clientId || claims.agent === caller.clientId;
}
