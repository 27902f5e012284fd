import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { type Page, pageQuery, takePage } from '../wire/page.ts';
import { type StopView, showStop } from './stop-view.ts';

export const listStopsInput = z.strictObject({
  ...pageQuery,
  /** `inForce` shows only those not lifted yet. */
  state: z.enum(['inForce', 'all']).default('inForce'),
});

export async function listStops(context: Context, actor: Actor, input: unknown): Promise<Page<StopView>> {
  requirePermission(actor, 'signals.read');
  const { cursor, limit, state } = listStopsInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('stops')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .$if(state === 'inForce', (query) => query.where('lifted_at', 'is', null))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, showStop);
}
