import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { everybody, loadStandingPauses, type Pause } from './cascades/index.ts';
import { loadTaskLine } from './load-task-line.ts';
import { requireAuthorityOver } from './require-authority-over.ts';
import { selectTasks, showTask, type TaskView } from './task-view.ts';

export const resumeTaskInput = z.strictObject({
  taskId: idSchema('tsk'),
  /** Why it may go on; kept as evidence. */
  reason: plainLine(500),
});

/**
 * Lets an agent's paused work in the task, and in those of the same line, go on; at the first task of the line also what
 * is paused for all; also when the task has ended, for what comes after it. What was counted begins anew. For people alone: the agent's owner, the person it is all done for, an
 * administrator. Throws `task.not_paused`, `task.not_found`.
 */
export async function resumeTask(context: Context, actor: Actor, input: unknown): Promise<TaskView> {
  if (actor.kind === 'agent') throw new AppError('person.forbidden');
  requirePermission(actor, 'tasks.resume');
  const { taskId, reason } = resumeTaskInput.parse(input);
  await requireAuthorityOver(context, actor, taskId);
  const [first] = await loadTaskLine(context.store.sql, taskId);
  const root = first?.id ?? taskId;
  await context.cascades.whenWritten(root);
  return context.store.transaction(async (tx) => {
    const row = await selectTasks(tx.sql).where('tasks.id', '=', taskId).executeTakeFirstOrThrow();
    const agents = root === taskId ? [row.agent_id, everybody] : [row.agent_id];
    const standing = await loadStandingPauses(tx.sql, root, agents);
    // One that could not be written is in memory alone.
    const unwritten = agents.flatMap((agent) => {
      const pause = context.cascades.findPause(root, agent);
      const isKnown = standing.some(({ record }) => record === pause?.record);
      return pause?.agent === agent && !isKnown ? [pause] : [];
    });
    const pauses = [...standing, ...unwritten];
    if (pauses.length === 0) throw new AppError('task.not_paused');
    for (const pause of pauses) await lift(context, tx, { pause, row, reason, by: nameActor(actor) });
    tx.afterCommit(() => {
      for (const pause of pauses) context.cascades.resume(pause);
    });
    return showTask({ ...row, paused_at: null, pause_cause: null }, context.platform.now());
  });
}

async function lift(
  { platform }: Context,
  tx: Transaction,
  given: {
    readonly pause: Pause;
    readonly row: { readonly id: string; readonly agent_id: string };
    readonly reason: string;
    readonly by: string;
  },
): Promise<void> {
  const { pause, row, reason, by } = given;
  const now = platform.now();
  await tx.sql
    .updateTable('task_pauses')
    .set({ resumed_at: now })
    .where('record', '=', pause.record)
    .execute();
  tx.record({
    id: platform.newId('rec'),
    kind: 'task.resumed',
    at: now,
    causes: [pause.record],
    task: row.id,
    agent: row.agent_id,
    body: { by, cause: pause.cause, reason, root: pause.root, whole: pause.agent === everybody },
  });
}
