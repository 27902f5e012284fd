import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { describeRequest, type ErasureRequest, loadErasure, requireOpenErasure } from './erasure-request.ts';

/** Nobody can sign it any more. Throws `ledger.erasure_not_found`, `ledger.erasure_not_open`. */
export async function cancelErasure(
  context: Pick<Context, 'store' | 'platform' | 'config'>,
  actor: Actor,
  id: string,
): Promise<ErasureRequest> {
  requirePermission(actor, 'ledger.sign_erasure');
  const { store, platform } = context;
  const at = platform.now();
  return store.transaction(async (tx) => {
    const row = await loadErasure(tx.sql, id);
    requireOpenErasure(row, at);
    const ended = { ended_at: at, outcome: 'cancelled' as const };
    await tx.sql.updateTable('ledger_erasure_requests').set(ended).where('id', '=', id).execute();
    const body = { by: nameActor(actor), request: id };
    const kind = 'ledger.erasure_cancelled';
    tx.record({ id: platform.newId('rec'), kind, at, causes: [row.asked_record], body });
    return describeRequest(context, { ...row, ...ended });
  });
}
