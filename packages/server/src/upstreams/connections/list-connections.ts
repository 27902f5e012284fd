import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, requirePermission } from '../../people/index.ts';
import { type Page, pageQuery, takePage } from '../../wire/page.ts';
import { upstreamName } from '../upstream-schema.ts';
import { type ConnectionView, showConnection } from './connection-view.ts';

export const listConnectionsInput = z.strictObject({ upstream: upstreamName.optional(), ...pageQuery });

/** The live connections, newest first: everybody's for whoever may change upstreams, for others their own. */
export async function listConnections(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<Page<ConnectionView>> {
  requirePermission(actor, 'upstreams.read');
  const { upstream, cursor, limit } = listConnectionsInput.parse(input);
  let query = context.store.sql
    .selectFrom('upstream_connections')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (!hasPermission(actor, 'upstreams.change'))
    query = query.where('person_id', '=', actor.kind === 'person' ? actor.person : '');
  if (upstream !== undefined) query = query.where('upstream', '=', upstream);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return takePage(await query.execute(), limit, showConnection);
}
