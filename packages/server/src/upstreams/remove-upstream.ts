import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { recordUpstream } from './record-upstream.ts';
import { loadUpstream } from './stored-upstreams.ts';
import { upstreamName } from './upstream-schema.ts';

const removeUpstreamInput = z.strictObject({ upstream: upstreamName });

/** Takes an upstream and its pinned tools away and cuts the calls in flight to it. Throws `upstream.not_found`. */
export async function removeUpstream(context: Context, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'upstreams.change');
  const { upstream } = removeUpstreamInput.parse(input);
  await context.store.transaction(async (tx) => {
    await loadUpstream(tx.sql, upstream);
    await tx.sql.deleteFrom('tools').where('upstream', '=', upstream).execute();
    await tx.sql.deleteFrom('upstreams').where('name', '=', upstream).execute();
    recordUpstream(context, tx, actor, { kind: 'upstream.removed', upstream }, {});
    tx.afterCommit(() => {
      context.upstreams.drop(upstream).catch((error: unknown) => {
        context.log.warn({ upstream, error }, 'the connection of a removed upstream did not close');
      });
    });
  });
}
