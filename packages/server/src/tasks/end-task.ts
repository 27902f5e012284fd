import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { describeCut } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { loadTaskLine } from './load-task-line.ts';
import { requireAuthorityOver } from './require-authority-over.ts';
import { selectTasks, showTask, type TaskView } from './task-view.ts';

export const endTaskInput = z.strictObject({
  taskId: idSchema('tsk'),
  /** How it went, as its agent says; a person's end is always `stopped`. */
  outcome: z.enum(['completed', 'failed', 'cancelled']).default('completed'),
  reason: plainLine(500).optional(),
});

export interface EndedTask extends TaskView {
  /** Action ids of the calls cut in flight. */
  readonly cut: readonly string[];
}

/**
 * Ends a task: its tokens are worth nothing from now on and its calls in flight are cut. An agent ends its own only;
 * another's is `task.not_found`, and while its work there is paused `task.paused`: that waits for a person, whose ending of
 * the first task lifts its pauses too. What has ended stays as it ended.
 */
export async function endTask(context: Context, actor: Actor, input: unknown): Promise<EndedTask> {
  if (actor.kind !== 'agent') requirePermission(actor, 'tasks.end');
  const { taskId, outcome, reason } = endTaskInput.parse(input);
  await requireAuthorityOver(context, actor, taskId);
  if (actor.kind === 'agent') await requireOwnUnpaused(context, actor.agent, taskId);
  else await context.cascades.whenWritten(taskId);
  const hold = context.stops.hold('task', taskId, new AppError('task.not_open'));
  try {
    return await context.store.transaction(async (tx) => {
      const looked = actor.kind === 'agent' ? [] : await listLifted(tx, taskId);
      const ended = await context.tasks.close(tx, {
        under: { task: taskId },
        reason: actor.kind === 'agent' ? outcome : 'stopped',
        by: nameActor(actor),
        causes: looked,
        body: { ...(reason === undefined ? {} : { note: reason }), ...describeCut(hold.cut) },
      });
      if (ended.includes(taskId)) await lift(tx, looked, context.platform.now());
      const row = await selectTasks(tx.sql).where('tasks.id', '=', taskId).executeTakeFirstOrThrow();
      return { ...showTask(row, context.platform.now()), cut: hold.cut };
    });
  } finally {
    hold.release();
  }
}

async function requireOwnUnpaused(context: Context, agent: string, taskId: string): Promise<void> {
  const [first] = await loadTaskLine(context.store.sql, taskId);
  const root = first?.id ?? taskId;
  // The pause is durable before it is answered.
  await context.cascades.whenWritten(root);
  context.cascades.requireRunning(root, [agent]);
}

/** The pauses, by their records, of all agents under the first task. */
async function listLifted(tx: Transaction, root: string): Promise<readonly string[]> {
  const rows = await tx.sql
    .selectFrom('task_pauses')
    .select('record')
    .where('root_task_id', '=', root)
    .where('resumed_at', 'is', null)
    .execute();
  return rows.map(({ record }) => record);
}

async function lift(tx: Transaction, records: readonly string[], at: number): Promise<void> {
  if (records.length === 0) return;
  await tx.sql.updateTable('task_pauses').set({ resumed_at: at }).where('record', 'in', records).execute();
}
