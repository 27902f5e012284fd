import { AppError, toAppError } from '@countersign/api';
import * as oauth from 'oauth4webapi';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { chooseAuthentication, describeFetch } from '../credentials/issuer-client.ts';
import type { ConnectionParts, ConnectionRow } from './connection-parts.ts';
import { type HeldTokens, nameHeldTokens, readHeldTokens } from './held-tokens.ts';

export type ConnectionEnding =
  | 'disconnected'
  | 'replaced'
  | 'person_suspended'
  | 'upstream_removed'
  | 'upstream_changed'
  | 'refused_by_issuer';

export interface Ending {
  readonly reason: ConnectionEnding;
  /** As `nameActor` says it. */
  readonly by: string;
  readonly causes?: readonly string[];
}

/** Ends a connection for good: nothing uses it from now on, then it is written down, then its tokens end everywhere. */
export async function endConnection(
  parts: ConnectionParts,
  row: ConnectionRow,
  ending: Ending,
): Promise<void> {
  parts.forgetConnection(row);
  await parts.store.transaction((tx) => recordEnd(parts, tx, row, ending));
  // Once more, for a call that read the row just before.
  parts.forgetConnection(row);
  await discardTokens(parts, row);
}

/** As part of a transaction; `discardTokens` is to follow it. */
export async function recordEnd(
  parts: ConnectionParts,
  tx: Transaction,
  row: ConnectionRow,
  { reason, by, causes = [] }: Ending,
): Promise<void> {
  const now = parts.platform.now();
  const ended = await tx.sql
    .updateTable('upstream_connections')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', row.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) return;
  tx.record({
    id: parts.platform.newId('rec'),
    kind: 'upstream.connection_ended',
    at: now,
    causes: [row.made_record, ...causes],
    person: row.person_id,
    upstream: row.upstream,
    body: { by, connection: row.id, issuer: row.issuer, reason },
  });
}

/** RFC 7009 at the issuer, as far as it lets us, then out of the secret store. Never throws. */
export async function discardTokens(parts: ConnectionParts, row: ConnectionRow): Promise<void> {
  const about = { upstream: row.upstream, connection: row.id };
  try {
    const held = parts.unsaved.get(row.id) ?? (await readHeldTokens(parts.secrets, row));
    await revokeAtIssuer(parts, held).catch((thrown: unknown) => {
      const { code, detail } = toAppError(thrown);
      parts.log.warn({ ...about, code, detail }, 'an ended connection could not be revoked at its issuer');
    });
    await parts.secrets.remove(nameHeldTokens(row.id));
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code !== 'secret.not_found')
      parts.log.error({ ...about, code }, 'the tokens of an ended connection are still stored');
  } finally {
    parts.unsaved.delete(row.id);
  }
}

export async function revokeAtIssuer(parts: ConnectionParts, held: HeldTokens): Promise<void> {
  const { credential, clientId, clientSecret, revocationEndpoint } = held;
  if (revocationEndpoint === undefined || credential.kind !== 'oauth-user') return;
  const allowPrivate = credential.allowPrivate === true;
  requireUpstreamUrl(revocationEndpoint, allowPrivate);
  const server: oauth.AuthorizationServer = {
    issuer: held.issuer,
    revocation_endpoint: revocationEndpoint,
    ...(held.authMethods === undefined ? {} : { token_endpoint_auth_methods_supported: held.authMethods }),
  };
  const identity = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
  const authenticate = await chooseAuthentication(credential, identity, server, parts);
  const options = describeFetch({ fetch: parts.fetch(allowPrivate), allowPrivate });
  const tokens = [held.refreshToken, held.accessToken].filter((token) => token !== undefined);
  for (const token of tokens) {
    const response = await oauth.revocationRequest(
      server,
      { client_id: clientId },
      authenticate,
      token,
      options,
    );
    if (response.status !== 200)
      throw new AppError('upstream.credential_unavailable', { detail: `status ${response.status}` });
  }
}
