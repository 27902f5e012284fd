import { AppError } from '@countersign/api';
import { narrowGrant } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import type { LeasedTask } from '../leased-task.ts';
import { requireAuthorityOver } from '../require-authority-over.ts';
import { digestPlan, loadPlan, savePlan } from './keep-plan.ts';
import { type PlanView, showPlan } from './show-plan.ts';
import type { StoredPlan } from './stored-plan.ts';

export const narrowPlanInput = z.strictObject({
  taskId: idSchema('tsk'),
  /** Ids of entries to take away. */
  remove: z.array(z.string().max(64)).max(1024).default([]),
  /** Epoch milliseconds; the whole plan ends then, and every call beyond reading is asked about again. */
  expiresAt: z.number().int().min(0).optional(),
  reason: plainLine(500).optional(),
});

/**
 * Lets a task do less without asking, at once and without a passkey: taking away must never be hard. Throws
 * `task.plan_wider` for an end later than the present one or an entry that is not there, `task.plan_unchanged` without a plan.
 */
export async function narrowPlan(context: Context, actor: Actor, input: unknown): Promise<PlanView> {
  const { taskId, remove, expiresAt, reason } = narrowPlanInput.parse(input);
  if (actor.kind === 'agent') throw new AppError('person.forbidden');
  requirePermission(actor, 'tasks.amend');
  await requireAuthorityOver(context, actor, taskId);
  const task = await context.tasks.look(taskId);
  const line = task.parentIds[0] ?? task.id;
  const at = context.platform.now();
  await context.store.transaction(async (tx) => {
    const before = await loadPlan(tx.sql, line);
    if (before === null) throw new AppError('task.plan_unchanged');
    const plan = narrow(withLate(before, task), remove, expiresAt);
    await savePlan(tx, line, plan, at);
    record(context, tx, { actor, task, before, plan, remove, reason });
    tx.afterCommit(() => task.history.plan.put(plan));
  });
  return showPlan(task, at);
}

/** Entries for tools that appeared later are in memory alone until somebody changes the plan. */
function withLate(stored: StoredPlan, task: LeasedTask): StoredPlan {
  const held = task.history.plan.stored;
  return held !== null && held.version === stored.version ? held : stored;
}

function narrow(before: StoredPlan, remove: readonly string[], expiresAt: number | undefined): StoredPlan {
  const narrowed = narrowGrant(before.grant, { remove, ...(expiresAt === undefined ? {} : { expiresAt }) });
  if (!narrowed.ok) throw new AppError('task.plan_wider', { detail: narrowed.code });
  const bounds = new Map([...before.bounds].filter(([id]) => !remove.includes(id)));
  return { ...before, grant: narrowed.grant, bounds, version: before.version + 1 };
}

interface Narrowing {
  readonly actor: Actor;
  readonly task: LeasedTask;
  readonly before: StoredPlan;
  readonly plan: StoredPlan;
  readonly remove: readonly string[];
  readonly reason: string | undefined;
}

function record(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  { actor, task, before, plan, remove, reason }: Narrowing,
): void {
  tx.record({
    id: platform.newId('rec'),
    kind: 'task.grant_amended',
    at: platform.now(),
    causes: task.openedRecord === null ? [] : [task.openedRecord],
    ...{ agent: task.agentId, task: task.id },
    ...(actor.kind === 'person' ? { person: actor.person } : {}),
    body: {
      added: [],
      by: nameActor(actor),
      ...(plan.grant.expiresAt === null ? {} : { expiresAt: plan.grant.expiresAt }),
      planDigest: digestPlan(plan),
      planDigestBefore: digestPlan(before),
      ...(reason === undefined ? {} : { reason }),
      removed: remove,
    },
  });
}
