import type { Store } from '../plugins/database/database.ts';
import type { Stops } from './stops.ts';

/** Puts every stop that was not lifted in force again; to be done before the first call is let in. */
export async function loadStops(store: Pick<Store, 'sql'>, stops: Pick<Stops, 'apply'>): Promise<number> {
  const rows = await store.sql
    .selectFrom('stops')
    .select(['scope', 'target'])
    .where('lifted_at', 'is', null)
    .execute();
  for (const { scope, target } of rows) stops.apply(scope, target);
  return rows.length;
}
