import { type AppError, toAppError } from '@countersign/api';
import * as oauth from 'oauth4webapi';
import { inTurn } from '../../jobs/index.ts';
import { openIssuerClient, readExpiry, readToken } from '../credentials/issue-parts.ts';
import {
  type IssuerClient,
  importBindingKey,
  isGrantGone,
  requestToken,
} from '../credentials/issuer-client.ts';
import type { BindingKey, Holder } from '../credentials/minted.ts';
import {
  type ConnectionParts,
  type ConnectionRow,
  connectionNeeded,
  type UserCredential,
} from './connection-parts.ts';
import { type ConnectionEnding, endConnection } from './end-connection.ts';
import { type HeldTokens, readHeldTokens, saveHeldTokens } from './held-tokens.ts';

export interface OpenConnection {
  readonly row: ConnectionRow;
  readonly held: HeldTokens;
  readonly at: IssuerClient;
  readonly bindingKey: BindingKey | undefined;
}

export interface ConnectionQuery {
  readonly holder: Holder;
  readonly credential: UserCredential;
  /** Null: whoever connected first, for a look at the tools. */
  readonly person: string | null;
  /** An access token that was just refused, so it must be another one. */
  readonly refused: string | undefined;
}

const marginMilliseconds = 30_000;

/**
 * The person's live connection with an access token that is good for a while yet, refreshed by one at a time. Throws
 * `upstream.connection_needed` when there is none any more, or whatever keeps it from being refreshed.
 */
export async function openConnection(
  parts: ConnectionParts,
  query: ConnectionQuery,
): Promise<OpenConnection> {
  const { holder, credential, refused } = query;
  const row = await findConnection(parts, holder.name, query.person);
  if (row === undefined) throw connectionNeeded(parts, holder.name);
  const held = await readHeld(parts, row);
  const { clientId, clientSecret } = held;
  const identity = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
  const at = await openIssuerClient(parts, holder, credential, identity);
  const isElsewhere =
    at.server.issuer !== row.issuer ||
    (at.resource ?? null) !== row.resource ||
    (credential.clientId !== undefined && credential.clientId !== clientId);
  // Its tokens were given for another place: they must never be sent to this one.
  if (isElsewhere) throw await endNeeded(parts, row, 'upstream_changed');
  const bindingKey = held.bindingJwk === undefined ? undefined : await importBindingKey(held.bindingJwk);
  if (held.accessToken !== refused && held.expiresAt - marginMilliseconds > parts.platform.now())
    return { row, held, at, bindingKey };
  const fresh = await refreshOnce(parts, row, () => refresh(parts, { row, held, at, bindingKey }));
  // A token that another request had got before may be the one that was refused.
  if (fresh.accessToken === refused) throw await endNeeded(parts, row, 'refused_by_issuer');
  return { row, held: fresh, at, bindingKey };
}

/** Throws `upstream.connection_needed` once the connection has ended. */
export async function requireLive(parts: ConnectionParts, row: ConnectionRow): Promise<void> {
  const live = await findConnection(parts, row.upstream, row.person_id);
  if (live?.id !== row.id) throw connectionNeeded(parts, row.upstream);
}

/** Of a person who is still active: what a suspended one connected is of no use to anybody. */
async function findConnection(
  parts: ConnectionParts,
  upstream: string,
  person: string | null,
): Promise<ConnectionRow | undefined> {
  const live = parts.store.sql
    .selectFrom('upstream_connections')
    .innerJoin('people', 'people.id', 'upstream_connections.person_id')
    .selectAll('upstream_connections')
    .where('upstream_connections.upstream', '=', upstream)
    .where('upstream_connections.ended_at', 'is', null)
    .where('people.state', '=', 'active');
  const query =
    person === null ? live.orderBy('upstream_connections.id') : live.where('people.id', '=', person);
  return query.limit(1).executeTakeFirst();
}

async function readHeld(parts: ConnectionParts, row: ConnectionRow): Promise<HeldTokens> {
  const unsaved = parts.unsaved.get(row.id);
  if (unsaved !== undefined) {
    // Used only once they are safe: a refresh token that rotated and is lost takes the connection with it.
    await saveHeldTokens(parts.secrets, unsaved);
    parts.unsaved.delete(row.id);
    return unsaved;
  }
  try {
    return await readHeldTokens(parts.secrets, row);
  } catch (thrown) {
    // Somebody took the tokens out of the store: the person has to connect again.
    if (toAppError(thrown).code === 'secret.not_found') throw await endNeeded(parts, row, 'disconnected');
    throw thrown;
  }
}

function refreshOnce(
  parts: ConnectionParts,
  row: ConnectionRow,
  run: () => Promise<HeldTokens>,
): Promise<HeldTokens> {
  const under = parts.refreshing.get(row.id);
  if (under !== undefined) return under;
  // Of all gateways: a refresh token that rotates and is used twice takes the connection with it.
  const refreshing = inTurn(parts.store, `connection ${row.id}`, async () => {
    if (parts.store.seat.isShared) await parts.secrets.refresh?.();
    return run();
  }).finally(() => parts.refreshing.delete(row.id));
  parts.refreshing.set(row.id, refreshing);
  return refreshing;
}

async function refresh(
  parts: ConnectionParts,
  { row, held: before, at, bindingKey }: OpenConnection,
): Promise<HeldTokens> {
  // The one before in line may have refreshed it: a refresh token that rotates is good once.
  const held = await readHeld(parts, row);
  if (held.accessToken !== before.accessToken) return held;
  const { refreshToken } = held;
  if (refreshToken === undefined) throw await endNeeded(parts, row, 'refused_by_issuer');
  let response: oauth.TokenEndpointResponse;
  try {
    response = await requestToken(at, {
      bindingKey,
      send: (options) =>
        oauth.refreshTokenGrantRequest(at.server, at.client, at.authenticate, refreshToken, {
          ...options,
          ...(at.resource === undefined ? {} : { additionalParameters: { resource: at.resource } }),
        }),
      read: (answer) => oauth.processRefreshTokenResponse(at.server, at.client, answer),
    });
  } catch (thrown) {
    if (isGrantGone(thrown)) throw await endNeeded(parts, row, 'refused_by_issuer');
    throw thrown;
  }
  const fresh: HeldTokens = {
    ...held,
    accessToken: readToken(response, bindingKey !== undefined),
    refreshToken: response.refresh_token ?? refreshToken,
    expiresAt: readExpiry(response.expires_in, parts.platform.now()),
  };
  parts.unsaved.set(row.id, fresh);
  await saveHeldTokens(parts.secrets, fresh);
  parts.unsaved.delete(row.id);
  await recordRefresh(parts, row, response.refresh_token !== undefined);
  return fresh;
}

async function recordRefresh(parts: ConnectionParts, row: ConnectionRow, rotated: boolean): Promise<void> {
  const now = parts.platform.now();
  await parts.store.transaction(async (tx) => {
    await tx.sql
      .updateTable('upstream_connections')
      .set({ refreshed_at: now })
      .where('id', '=', row.id)
      .execute();
    tx.record({
      id: parts.platform.newId('rec'),
      kind: 'upstream.connection_refreshed',
      at: now,
      causes: [row.made_record],
      person: row.person_id,
      upstream: row.upstream,
      body: { connection: row.id, issuer: row.issuer, rotated },
    });
  });
}

/** Ends the connection and gives the error that tells the person what to do. */
async function endNeeded(
  parts: ConnectionParts,
  row: ConnectionRow,
  reason: ConnectionEnding,
): Promise<AppError> {
  await endConnection(parts, row, { reason, by: 'system:upstreams' });
  return connectionNeeded(parts, row.upstream);
}
