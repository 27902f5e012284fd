import type { IssueRequest } from '../credentials/issue-parts.ts';
import { readExpiry, revokeToken } from '../credentials/issue-parts.ts';
import { exchange, exchangeGrant } from '../credentials/issue-token-exchange.ts';
import { hasRefusedGrant, isGrantGone } from '../credentials/issuer-client.ts';
import type { Issued } from '../credentials/minted.ts';
import type { ConnectionParts } from './connection-parts.ts';
import { type OpenConnection, openConnection, requireLive } from './open-connection.ts';

/**
 * On behalf of the person at the root of the task's chain: their own connection's authority, as a token for this task
 * where their issuer can exchange it (RFC 8693), otherwise its access token.
 */
export async function issueOauthUser(
  parts: ConnectionParts,
  { holder, credential, claimant, refused }: IssueRequest<'oauth-user'>,
): Promise<Issued> {
  const query = { holder, credential, person: claimant?.person ?? null };
  const open = await openConnection(parts, { ...query, refused });
  const exchanges =
    claimant !== null &&
    credential.exchange !== false &&
    open.at.server.grant_types_supported?.includes(exchangeGrant) === true;
  if (!exchanges) return describe(parts, open, open.held.accessToken, open.held.expiresAt);
  try {
    return await exchangeFor(parts, open);
  } catch (thrown) {
    // An issuer may exchange for others and not for this client.
    if (credential.exchange !== true && hasRefusedGrant(thrown))
      return describe(parts, open, open.held.accessToken, open.held.expiresAt);
    // The access token may have ended early; a refresh tells whether the person's consent still stands.
    if (!isGrantGone(thrown)) throw thrown;
    return exchangeFor(parts, await openConnection(parts, { ...query, refused: open.held.accessToken }));
  }
}

async function exchangeFor(parts: ConnectionParts, open: OpenConnection): Promise<Issued> {
  const { at, held, bindingKey } = open;
  const wish = { token: held.accessToken, type: 'access_token', scopes: undefined, bindingKey } as const;
  const given = await exchange(at, wish);
  const expiresAt = readExpiry(given.expiresIn, parts.platform.now());
  return { ...describe(parts, open, given.token, expiresAt), revoke: () => revokeToken(at, given.token) };
}

function describe(
  parts: ConnectionParts,
  { row, bindingKey }: OpenConnection,
  token: string,
  expiresAt: number,
): Issued {
  return {
    kind: 'oauth-user',
    token,
    values: [token],
    expiresAt,
    connection: row.id,
    ensure: () => requireLive(parts, row),
    facts: { issuer: row.issuer, resource: row.resource, bound: bindingKey !== undefined },
    ...(bindingKey === undefined ? {} : { bindingKey }),
  };
}
