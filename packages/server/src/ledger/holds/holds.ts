import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { erasureWork } from '../erasure/erasure-work.ts';

export const addHoldInput = z.strictObject({
  /** Records that name it are kept: a record, action, task, person, agent, approval or delegation. */
  id: z.string().regex(/^(?:rec|act|tsk|per|agt|apr|dlg)_[0-9A-Za-z]{1,64}$/),
  reason: plainLine(500),
});
export const endHoldInput = z.strictObject({ holdId: idSchema('hld'), reason: plainLine(500) });

export interface Hold {
  readonly id: string;
  readonly selection: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly endedAt: number | null;
}

/** From now on nothing that names this is erased or retired. Throws `ledger.erasure_begun` when that is too late. */
export async function addHold(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof addHoldInput>,
): Promise<Hold> {
  requirePermission(actor, 'ledger.hold');
  const { id: selection, reason } = addHoldInput.parse(input);
  const hold = { id: platform.newId('hld'), selection, reason, by: nameActor(actor), at: platform.now() };
  return store.transaction(async (tx) => {
    await requireNotBegun(tx, selection);
    await tx.sql
      .insertInto('ledger_holds')
      .values({ ...hold, ended_at: null, ended_by: null })
      .execute();
    const body = { hold: hold.id, selection, reason, by: hold.by };
    tx.record({ id: platform.newId('rec'), kind: 'ledger.hold_added', at: hold.at, causes: [], body });
    return { ...hold, endedAt: null };
  });
}

/** Whoever ends it may not erase what it kept. Throws `ledger.hold_not_found`. What it kept alone is retired like all else again. */
export async function endHold(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof endHoldInput>,
): Promise<Hold> {
  requirePermission(actor, 'ledger.end_hold');
  const { holdId, reason } = endHoldInput.parse(input);
  return store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('ledger_holds')
      .selectAll()
      .where('id', '=', holdId)
      .executeTakeFirst();
    if (row === undefined || row.ended_at !== null) throw new AppError('ledger.hold_not_found');
    const ended = { ended_at: platform.now(), ended_by: nameActor(actor) };
    await tx.sql.updateTable('ledger_holds').set(ended).where('id', '=', holdId).execute();
    const at = ended.ended_at;
    // Retention passed over what was held.
    await tx.sql.deleteFrom('ledger_index').where('name', 'like', 'retired:%').execute();
    const body = { hold: holdId, selection: row.selection, reason, by: nameActor(actor) };
    tx.record({ id: platform.newId('rec'), kind: 'ledger.hold_ended', at, causes: [], body });
    const { id, selection, by } = row;
    return { id, selection, reason: row.reason, by, at: row.at, endedAt: at };
  });
}

/** What was begun is finished: a hold that promised to keep it would lie. */
async function requireNotBegun(tx: Transaction, selection: string): Promise<void> {
  const rows = await tx.sql
    .selectFrom('ledger_erasures')
    .select(['number', 'work'])
    .where('state', '<>', 'done')
    .execute();
  const approval = await tx.sql
    .selectFrom('approvals')
    .select('action_id')
    .where('id', '=', selection)
    .executeTakeFirst();
  for (const { number, work } of rows) {
    const { records, actions, approvals, tasks, contents, prompts, person } = erasureWork.parse(
      JSON.parse(work),
    );
    const reached = new Set([
      ...records,
      ...actions,
      ...approvals,
      ...tasks,
      ...contents,
      ...prompts,
      person,
    ]);
    if (reached.has(selection) || (approval !== undefined && reached.has(approval.action_id)))
      throw new AppError('ledger.erasure_begun', { detail: `erasure ${number} has begun` });
  }
}

/** Newest first, those that ended too. */
export async function listHolds({ store }: Pick<Context, 'store'>, actor: Actor): Promise<readonly Hold[]> {
  requirePermission(actor, 'ledger.read');
  const rows = await store.sql
    .selectFrom('ledger_holds')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute();
  return rows.map(({ ended_at, ended_by: _by, ...row }) => ({ ...row, endedAt: ended_at }));
}
