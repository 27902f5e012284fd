import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { recordRead } from '../reads/record-read.ts';
import { ownerOf, queryName, readQueryRow, type SavedQuery } from './saved-query.ts';

export const getQueryInput = z.strictObject({ name: queryName });

/** One's own, or else the one that is shared under the name. Throws `ledger.query_not_found`. */
export async function getQuery(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof getQueryInput>,
): Promise<SavedQuery> {
  requirePermission(actor, 'ledger.read');
  const { name } = getQueryInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('ledger_queries')
    .selectAll()
    .where('name', '=', name)
    .where(({ or, eb }) => or([eb('owner', '=', ownerOf(actor)), eb('shared', '=', 1)]))
    .execute();
  const row = rows.find(({ owner }) => owner === ownerOf(actor)) ?? rows[0];
  if (row === undefined) throw new AppError('ledger.query_not_found');
  await recordRead(context, actor, { how: 'queries', selection: { name } });
  return readQueryRow(row);
}
