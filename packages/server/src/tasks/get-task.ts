import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { showLabels, type TaskLabels } from './labels/show-labels.ts';
import { selectTasks, showTask, type TaskView } from './task-view.ts';

/** Throws `task.not_found`, also for another agent's. */
export async function getTask(
  context: Context,
  actor: Actor,
  taskId: string,
): Promise<TaskView & TaskLabels> {
  if (actor.kind !== 'agent') requirePermission(actor, 'tasks.read');
  const row = await selectTasks(context.store.sql)
    .where('tasks.id', '=', idSchema('tsk').parse(taskId))
    .executeTakeFirst();
  if (row === undefined || (actor.kind === 'agent' && row.agent_id !== actor.agent)) {
    throw new AppError('task.not_found');
  }
  const task = showTask(row, context.platform.now());
  return { ...task, ...(await showLabels(context, task)) };
}
