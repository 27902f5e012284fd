import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { getQueryInput } from './get-query.ts';
import { ownerOf } from './saved-query.ts';

/** Only one's own. Throws `ledger.query_not_found`. */
export async function removeQuery(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof getQueryInput>,
): Promise<void> {
  requirePermission(actor, 'ledger.read');
  const { name } = getQueryInput.parse(input);
  const { numDeletedRows } = await store.sql
    .deleteFrom('ledger_queries')
    .where('owner', '=', ownerOf(actor))
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  if (Number(numDeletedRows) === 0) throw new AppError('ledger.query_not_found');
}
