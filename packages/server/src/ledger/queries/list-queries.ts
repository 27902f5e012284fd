import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { recordRead } from '../reads/record-read.ts';
import { ownerOf, readQueryRow, type SavedQuery } from './saved-query.ts';

const mostShown = 500;

/** One's own and those that others share, by name. */
export async function listQueries(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
): Promise<{ readonly items: readonly SavedQuery[]; readonly next: null }> {
  requirePermission(actor, 'ledger.read');
  const rows = await context.store.sql
    .selectFrom('ledger_queries')
    .selectAll()
    .where(({ or, eb }) => or([eb('owner', '=', ownerOf(actor)), eb('shared', '=', 1)]))
    .orderBy('name')
    .limit(mostShown)
    .execute();
  await recordRead(context, actor, { how: 'queries', selection: {} });
  return { items: rows.map(readQueryRow), next: null };
}
