import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { describeCut } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
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
 * another's is `task.not_found`. What has ended stays as it ended.
 */
export async function endTask(context: Context, actor: Actor, input: unknown): Promise<EndedTask> {
  if (actor.kind !== 'agent') requirePermission(actor, 'tasks.end');
  const { taskId, outcome, reason } = endTaskInput.parse(input);
  await requireAuthorityOver(context, actor, taskId);
  const hold = context.stops.hold('task', taskId, new AppError('task.not_open'));
  try {
    return await context.store.transaction(async (tx) => {
      await context.tasks.close(tx, {
        under: { task: taskId },
        reason: actor.kind === 'agent' ? outcome : 'stopped',
        by: nameActor(actor),
        causes: [],
        body: { ...(reason === undefined ? {} : { note: reason }), ...describeCut(hold.cut) },
      });
      const row = await selectTasks(tx.sql).where('tasks.id', '=', taskId).executeTakeFirstOrThrow();
      return { ...showTask(row, context.platform.now()), cut: hold.cut };
    });
  } finally {
    hold.release();
  }
}
