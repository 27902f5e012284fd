import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { authenticateClient } from '../authenticate-client.ts';
import { findDirectPeer } from '../find-direct-peer.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { readUpstreamResource } from '../resource-urls.ts';
import type { TokenParameters } from '../token-parameters.ts';

/** Who asks about a token: a client, about its own; or what guards resources without a key, about tokens for them. */
export type StatusCaller =
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'guard'; guards(resource: string): boolean };

/** Marks the tokens of introspection clients, so that none is mistaken for an access token. */
export const introspectionTokenPrefix = 'csi_';

/** Throws `token.client_assertion_invalid`. */
export async function authenticateCaller(
  context: Context,
  presented: PresentedTokenRequest,
  parameters: TokenParameters,
): Promise<StatusCaller> {
  const [authorization, ...others] = presented.authorization;
  if (authorization === undefined || others.length > 0) {
    const client = await authenticateClient(context, { ...presented, parameters });
    return { kind: 'client', clientId: client.clientId };
  }
  const token = /^bearer +(csi_[\w-]{43})$/i.exec(authorization)?.[1];
  const upstreams = token === undefined ? undefined : await findUpstreams(context, token);
  if (upstreams === undefined) throw new AppError('token.client_assertion_invalid');
  return {
    kind: 'guard',
    guards(resource) {
      const upstream =
        readUpstreamResource(context.tokens.issuer, resource) ?? findDirectPeer(context.upstreams, resource);
      return upstream !== undefined && (upstreams === '*' || upstreams.includes(upstream));
    },
  };
}

/** Found by digest: a look-up that takes longer for a better guess tells nothing of the token. */
async function findUpstreams(context: Context, token: string): Promise<readonly string[] | '*' | undefined> {
  const row = await context.store.sql
    .selectFrom('introspection_clients')
    .select('upstreams')
    .where('token_digest', '=', sha256(token))
    .executeTakeFirst();
  return row && (JSON.parse(row.upstreams) as readonly string[] | '*');
}
