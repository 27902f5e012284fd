import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { describeRequest, type ErasureRequest } from './erasure-request.ts';

/** Newest first, those that ended too; at most 1,000. */
export async function listErasures(
  context: Pick<Context, 'store' | 'platform' | 'config'>,
  actor: Actor,
): Promise<readonly ErasureRequest[]> {
  requirePermission(actor, 'ledger.read');
  const rows = await context.store.sql
    .selectFrom('ledger_erasure_requests')
    .selectAll()
    .orderBy('asked_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute();
  return rows.map((row) => describeRequest(context, row));
}
