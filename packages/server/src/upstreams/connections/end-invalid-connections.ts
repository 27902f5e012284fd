import type { Context } from '../../context.ts';
import type { ConnectionRow } from './connection-parts.ts';
import { type ConnectionEnding, endConnection } from './end-connection.ts';

/**
 * Ends every connection whose person is no longer active or whose upstream is gone or elsewhere. No call uses one by
 * then; this ends it at the issuer too, and takes its tokens out of the store.
 */
export async function endInvalidConnections(context: Context): Promise<void> {
  const { sql } = context.store;
  await sql.deleteFrom('upstream_authorizations').where('expires_at', '<=', context.platform.now()).execute();
  const rows = await sql
    .selectFrom('upstream_connections')
    .innerJoin('people', 'people.id', 'upstream_connections.person_id')
    .selectAll('upstream_connections')
    .select('people.state as person_state')
    .where('upstream_connections.ended_at', 'is', null)
    .execute();
  for (const { person_state: state, ...row } of rows) {
    const reason = state === 'active' ? findChange(context, row) : 'person_suspended';
    if (reason !== undefined)
      await endConnection(context.credentials.connections, row, { reason, by: 'system:upstreams' });
  }
}

/** What the settings alone tell; what only the issuer's metadata tells is found when the connection is next used. */
function findChange(context: Context, row: ConnectionRow): ConnectionEnding | undefined {
  const live = context.upstreams.find(row.upstream);
  if (live === undefined) return 'upstream_removed';
  const { url, credential } = live.settings;
  if (credential?.kind !== 'oauth-user') return 'upstream_changed';
  const { issuer, clientId, resource } = credential;
  const isElsewhere =
    (issuer !== undefined && issuer !== row.issuer) ||
    (clientId !== undefined && clientId !== row.client_id) ||
    (resource !== undefined && resource !== row.resource) ||
    !coversUrl(row.resource, url);
  return isElsewhere ? 'upstream_changed' : undefined;
}

/** A token for one place never goes to another. */
function coversUrl(resource: string | null, url: string | undefined): boolean {
  if (resource === null || url === undefined) return true;
  const [asked, sent] = [URL.parse(resource), URL.parse(url)];
  // A resource that is no address of the upstream was named in the settings, and compared there.
  if (asked === null || sent === null || asked.protocol.startsWith('urn')) return true;
  return asked.origin === sent.origin;
}
