import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { LedgerName, StoredCheckpoint } from '../plugins/database/database.ts';

/** A signed tree head over every record there is now, and the name and key to check it with. */
export async function getCheckpoint(
  context: Pick<Context, 'store'>,
  actor: Actor,
): Promise<StoredCheckpoint & LedgerName> {
  requirePermission(actor, 'ledger.read');
  return { ...(await context.store.checkpoint()), ...context.store.ledger };
}
