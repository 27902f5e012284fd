import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { upstreamName } from '../upstream-schema.ts';
import { endConnection } from './end-connection.ts';

const disconnectInput = z.strictObject({ upstream: upstreamName, connection: idSchema('ucn') });

/**
 * Ends a connection here and at its issuer (RFC 7009): one's own, or anybody's for whoever may change upstreams. Throws
 * `upstream.connection_not_found`, also for one that is another person's.
 */
export async function disconnect(context: Context, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'upstreams.connect');
  const { upstream, connection } = disconnectInput.parse(input);
  const row = await context.store.sql
    .selectFrom('upstream_connections')
    .selectAll()
    .where('id', '=', connection)
    .where('upstream', '=', upstream)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  const isOwn = actor.kind === 'person' && row?.person_id === actor.person;
  if (row === undefined || !(isOwn || hasPermission(actor, 'upstreams.change')))
    throw new AppError('upstream.connection_not_found');
  await endConnection(context.credentials.connections, row, {
    reason: 'disconnected',
    by: nameActor(actor),
  });
}
