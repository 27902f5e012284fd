import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type LedgerSource, readLedgerRecord, selectLedgerRecords } from '../ledger/index.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { writeTerm } from '../plugins/database/record-terms.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { nameScope } from './stop-scope.ts';
import { type StopView, showStop } from './stop-view.ts';

export const liftStopInput = z.strictObject({ stopId: idSchema('stp'), reason: plainLine(500).optional() });

/** Lifts one stop, durably before it takes effect. The scope stays stopped while another stop on it is in force. */
export async function liftStop(context: Context, actor: Actor, input: unknown): Promise<StopView> {
  requirePermission(actor, 'signals.lift');
  const { stopId, reason } = liftStopInput.parse(input);
  return context.store.transaction(async (tx) => {
    const row = await tx.sql.selectFrom('stops').selectAll().where('id', '=', stopId).executeTakeFirst();
    if (row === undefined) throw new AppError('signal.not_found');
    if (row.lifted_at !== null) return showStop(row);
    const now = context.platform.now();
    await tx.sql.updateTable('stops').set({ lifted_at: now }).where('id', '=', stopId).execute();
    const others = await tx.sql
      .selectFrom('stops')
      .select('id')
      .where('scope', '=', row.scope)
      .where('target', '=', row.target)
      .where('lifted_at', 'is', null)
      .execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'signal.lifted',
      at: now,
      causes: await findStopRecords(context.store, tx, row),
      ...nameScope(row.scope, row.target),
      body: {
        stop: row.id,
        scope: row.scope,
        target: row.target,
        by: nameActor(actor),
        stoppedBy: row.by,
        stillStoppedBy: others.map((other) => other.id),
        ...(reason === undefined ? {} : { reason }),
      },
    });
    if (others.length === 0) tx.afterCommit(() => context.stops.lift(row.scope, row.target));
    return showStop({ ...row, lifted_at: now });
  });
}

/** The record of the stop: of those that were written at its time, the one that states its id. */
async function findStopRecords(
  store: LedgerSource,
  tx: Transaction,
  stop: { readonly id: string; readonly at: number },
): Promise<readonly string[]> {
  const rows = await selectLedgerRecords(tx.sql)
    .innerJoin('ledger_terms', 'ledger_terms.seq', 'entries.seq')
    .where('ledger_terms.term', '=', writeTerm('kind', 'signal.stopped'))
    .where('entries.at', '=', stop.at)
    .orderBy('entries.seq')
    .execute();
  const found = rows.find((row) => readLedgerRecord(store, row).body?.stop === stop.id);
  return found === undefined ? [] : [found.id];
}
