import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLines } from '../../wire/plain-text.ts';
import { learnOpening } from '../learn-opening.ts';
import { recordPrompt } from '../record-prompt.ts';
import { requireAuthorityOver } from '../require-authority-over.ts';
import { openPlan } from './open-plan.ts';
import { type PlanView, showPlan } from './show-plan.ts';

export const givePromptInput = z.strictObject({ taskId: idSchema('tsk'), prompt: plainLines(16_384) });

/**
 * Says what a task is for that was opened without a prompt. Its agent may, once, and only before anything was asked for in
 * it: later they could be words that it has read, and would make them what the person wanted. Throws `task.prompt_fixed`.
 */
export async function givePrompt(context: Context, actor: Actor, input: unknown): Promise<PlanView> {
  // A person signs their words with a passkey: `amendPlan`.
  if (actor.kind !== 'agent') throw new AppError('person.forbidden');
  const { taskId, prompt } = givePromptInput.parse(input);
  await requireAuthorityOver(context, actor, taskId);
  const task = await context.tasks.lease(taskId);
  const at = context.platform.now();
  if (task.endedAt !== null || task.expiresAt <= at) throw new AppError('task.not_open');
  // What was passed on by another agent is worked on by its words.
  const isFirst = task.parentIds.length === 0 && task.chain.length === 1;
  if (!isFirst || task.prompt !== null || task.history.hasBegun) throw new AppError('task.prompt_fixed');
  await context.store.transaction(async (tx) => {
    context.tasks.requireHere(task);
    // A call that is being decided meanwhile has begun the task all the same.
    if (task.history.hasBegun) throw new AppError('task.prompt_fixed');
    const given = await tx.sql
      .updateTable('tasks')
      .set({ prompt })
      .where('id', '=', task.id)
      .where('prompt', 'is', null)
      .executeTakeFirst();
    if (given.numUpdatedRows !== 1n) throw new AppError('task.prompt_fixed');
    const { agentId, id: taskId, limits } = task;
    const opened = task.openedRecord === null ? [] : [task.openedRecord];
    const worded = recordPrompt(context, tx, { taskId, agentId, prompt, causes: opened });
    const plan = await openPlan(context, tx, {
      taskId,
      agentId,
      prompt,
      limits,
      causes: [...opened, worded],
    });
    tx.afterCommit(() => {
      task.history.plan.put(plan);
      learnOpening(task.history.values, task);
    });
  });
  return showPlan(task, at);
}
