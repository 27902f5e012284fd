import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, nameActor } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type DutyRow, loadDuty } from './duty.ts';

type Ending = Pick<Context, 'approvals' | 'platform' | 'store'>;

/** Giver, holder or an administrator ends it; votes that nobody has used yet count without it at once. */
export async function endDuty(context: Ending, actor: Actor, id: string): Promise<DutyRow> {
  const ended = await context.store.transaction(async (tx) => {
    const row = await loadDuty(tx.sql, id);
    const isOwn = actor.kind === 'person' && [row.giver_id, row.holder_id].includes(actor.person);
    if (!isOwn && !hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
    if (row.ended_at === null) await end(context, tx, row, nameActor(actor));
    return loadDuty(tx.sql, id);
  });
  await context.approvals.refreshVoter(ended.holder_id);
  return ended;
}

/** Ends every duty that the person gave or holds, in the transaction that takes away what they rest on. */
export async function endDuties(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  personId: string,
  reason: string,
): Promise<readonly DutyRow[]> {
  const rows = await tx.sql
    .selectFrom('approval_duties')
    .selectAll()
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('giver_id', '=', personId), where('holder_id', '=', personId)]))
    .execute();
  for (const row of rows) await end(context, tx, row, reason);
  return rows;
}

async function end(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  row: DutyRow,
  reason: string,
): Promise<void> {
  const at = platform.now();
  await tx.sql
    .updateTable('approval_duties')
    .set({ ended_at: at, end_reason: reason })
    .where('id', '=', row.id)
    .execute();
  // What nobody signed never began.
  if (row.record === null) return;
  tx.record({
    id: platform.newId('rec'),
    kind: 'approval.duty_ended',
    at,
    causes: [row.record],
    person: row.giver_id,
    body: { duty: row.id, holder: row.holder_id, reason },
  });
}
