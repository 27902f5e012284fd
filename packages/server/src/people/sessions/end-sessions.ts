import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { noteSecurityEvent } from '../../signals/index.ts';

export interface EndedSessions {
  readonly personId: string;
  /** Only this one. */
  readonly only?: string;
  /** All but this one. */
  readonly except?: string;
  /** Who ended them, as `nameActor` says; the product itself when absent. */
  readonly by?: string;
  /** For administrators who read of it elsewhere. */
  readonly reason?: string;
  /** Records it follows from. */
  readonly causes: readonly string[];
}

/**
 * Ends sessions of a person in the transaction that has a reason for it; the next request of each is refused. Returns
 * how many ended; the record and the security event are written when one did.
 */
export async function endSessions(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  ended: EndedSessions,
): Promise<number> {
  const { personId, only, except, by = 'system:people', reason = 'ended', causes } = ended;
  const at = context.platform.now();
  const open = await tx.sql
    .selectFrom('sessions')
    .select('id')
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .execute();
  if (open.length === 0) return 0;
  const ids = open.map(({ id }) => id);
  for (const id of ids) {
    await tx.sql.updateTable('sessions').set({ ended_at: at }).where('id', '=', id).execute();
  }
  const record = context.platform.newId('rec');
  tx.record({
    id: record,
    kind: 'person.sessions_ended',
    at,
    causes: [...causes],
    person: personId,
    body: { by, reason, sessions: ids.slice(0, 100), count: ids.length },
  });
  await noteSecurityEvent(context, tx, {
    kind: 'session-revoked',
    about: { person: personId },
    reason,
    record,
  });
  return ids.length;
}
