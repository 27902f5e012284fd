import type { Insertable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { beginErasure } from '../erasure/begin-erasure.ts';
import type { ErasureWork } from '../erasure/erasure-work.ts';
import { findLiveTasks } from '../erasure/find-live-tasks.ts';
import { findOpenApprovals } from '../erasure/find-open-approvals.ts';
import { leaveHeld, listInForce } from '../holds/find-holds.ts';

const parts = ['approvals', 'contents', 'tasks', 'prompts'] as const;
const copiesAtOnce = 1_000;

/**
 * What of a plan may be taken now. Copies that somebody is still held to, or that are on hold, are written down and taken
 * later: a retirement comes by once.
 */
export async function putOff(tx: Transaction, work: ErasureWork, now: number): Promise<ErasureWork> {
  const live = await findLiveTasks(tx.sql, [...work.tasks, ...work.prompts], now);
  const open = await findOpenApprovals(tx.sql, [...work.approvals, ...work.contents]);
  const idle = {
    ...work,
    approvals: work.approvals.filter((id) => !open.has(id)),
    contents: work.contents.filter((id) => !open.has(id)),
    tasks: work.tasks.filter((id) => !live.has(id)),
    prompts: work.prompts.filter((id) => !live.has(id)),
  };
  const free = await leaveHeld(tx.sql, idle, await listInForce(tx.sql));
  for (const part of parts) {
    const taken = new Set(free[part]);
    for (const id of work[part]) if (!taken.has(id)) await keepWaiting(tx, { part, id, tried_at: now });
  }
  return free;
}

/** Takes the copies that were put off and may go now, some at a time. Returns whether it took any. */
export async function retireWaiting(context: Pick<Context, 'store' | 'platform'>): Promise<boolean> {
  const now = context.platform.now();
  const begun = await beginErasure(context, 'retirement', async (tx) => {
    const rows = await tx.sql
      .selectFrom('ledger_waiting_copies')
      .select(['part', 'id'])
      .orderBy('tried_at')
      .limit(copiesAtOnce)
      .execute();
    const idsOf = (part: (typeof parts)[number]) =>
      rows.filter((row) => row.part === part).map(({ id }) => id);
    const work: ErasureWork = {
      ...{ seqs: [], ranges: [], records: [], actions: [], person: null },
      ...{ approvals: idsOf('approvals'), contents: idsOf('contents') },
      ...{ tasks: idsOf('tasks'), prompts: idsOf('prompts') },
    };
    for (const { part, id } of rows)
      await tx.sql
        .deleteFrom('ledger_waiting_copies')
        .where('part', '=', part)
        .where('id', '=', id)
        .execute();
    const free = await putOff(tx, work, now);
    const copies = parts.reduce((sum, part) => sum + free[part].length, 0);
    if (copies === 0) return undefined;
    return { work: free, told: { kind: 'ledger.retired', causes: [], body: { copies } } };
  });
  return begun !== undefined;
}

async function keepWaiting(tx: Transaction, row: Insertable<Schema['ledger_waiting_copies']>): Promise<void> {
  await tx.sql
    .insertInto('ledger_waiting_copies')
    .values(row)
    .onConflict((conflict) => conflict.columns(['part', 'id']).doUpdateSet({ tried_at: row.tried_at }))
    .execute();
}
