import { AppError } from '@countersign/api';
import { canonicalJson, LIFTABLE_LABELS } from '@countersign/core';
import { z } from 'zod';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { declassificationMilliseconds, type LabelContext } from './declassification.ts';

export const declassifyInput = z.strictObject({
  label: z.enum(LIFTABLE_LABELS),
  minutes: z.number().int().min(1).max(60).default(15).describe('From the signature on'),
  calls: z
    .number()
    .int()
    .min(1)
    .max(50)
    .nullable()
    .default(null)
    .describe('How many calls it holds for at most; null: as many as there are in that time'),
  reason: plainLine(500),
});

export const declassificationAnswer = z.object({
  id: z.string(),
  taskId: z.string(),
  label: z.enum(LIFTABLE_LABELS),
  minutes: z.number(),
  calls: z.number().nullable(),
  link: z.string().describe('Where a person who may declassify signs it with a passkey'),
  expiresAt: z.number().describe('Epoch milliseconds'),
});

export type ProposedDeclassification = z.infer<typeof declassificationAnswer>;

/**
 * Asks that a label of what a task and its line have read be lifted for a while. Nothing changes until a person has signed
 * exactly this with a passkey; agents cannot even ask. Throws `task.not_found`, `task.declassification_not_open`.
 */
export async function proposeDeclassification(
  context: LabelContext,
  actor: Actor,
  taskId: string,
  input: z.input<typeof declassifyInput>,
): Promise<ProposedDeclassification> {
  requirePermission(actor, 'tasks.declassify');
  const { label, minutes, calls, reason } = declassifyInput.parse(input);
  const task = await context.tasks.lease(taskId);
  const at = context.platform.now();
  if (task.endedAt !== null || task.expiresAt <= at)
    throw new AppError('task.declassification_not_open', { detail: 'the task is over' });
  const id = context.platform.newId('tdc');
  const labels = task.history.proposeLift(id, label);
  if (labels.length === 0)
    throw new AppError('task.declassification_not_open', { detail: 'the task has no such label' });
  const expiresAt = at + declassificationMilliseconds;
  const server = new URL(context.config.server.publicUrl).origin;
  const signedText = canonicalJson({
    purpose: 'countersign task declassification 1',
    ...{ declassification: id, server, task: taskId, agent: task.agentId, label, labels },
    ...{ minutes, calls, reason, expiresAt },
  });
  await context.store.sql
    .insertInto('task_declassifications')
    .values({
      ...{ id, task_id: taskId, label, minutes, calls, reason },
      ...{ signed_text: signedText, digest: sha256(signedText), proposed_by: nameActor(actor) },
      ...{ proposed_at: at, expires_at: expiresAt, signed_by: null, signed_at: null, evidence: null },
    })
    .execute();
  return { id, taskId, label, minutes, calls, link: `${server}/tasks/declassifications/${id}`, expiresAt };
}
