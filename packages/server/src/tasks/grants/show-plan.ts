import { AppError } from '@countersign/api';
import type { GrantEntry } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { idSchema } from '../../wire/id-schema.ts';
import type { LeasedTask } from '../leased-task.ts';
import { digestPlan } from './keep-plan.ts';

export interface PlanEntryView extends Omit<GrantEntry, 'asks'> {
  /** How many calls are left; null: as many as the task makes. */
  readonly usesLeft: number | null;
  /** Epoch milliseconds; null: as long as the plan. */
  readonly expiresAt: number | null;
}

/** What a task may do without asking, as its agent and people see it. */
export interface PlanView {
  readonly taskId: string;
  /** False: nobody said what the task is to do, and policy is told `none`. */
  readonly isGiven: boolean;
  /** The person who signed that the prompt is theirs. */
  readonly confirmedBy: string | null;
  readonly promptDigest: string | null;
  readonly planDigest: string | null;
  readonly reading: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly entries: readonly PlanEntryView[];
}

/** Throws `task.not_found`, also for another agent's. */
export async function getPlan(context: Context, actor: Actor, taskId: string): Promise<PlanView> {
  if (actor.kind !== 'agent') requirePermission(actor, 'tasks.read');
  const task = await context.tasks.look(idSchema('tsk').parse(taskId));
  if (actor.kind === 'agent' && task.agentId !== actor.agent) throw new AppError('task.not_found');
  return showPlan(task, context.platform.now());
}

export function showPlan(task: LeasedTask, now: number): PlanView {
  const { stored } = task.history.plan;
  const grant = task.history.plan.grantOf(task.id, now);
  const given = new Map(stored?.grant.entries.map((entry) => [entry.id, entry.uses]));
  return {
    taskId: task.id,
    isGiven: stored !== null,
    confirmedBy: stored?.confirmedBy ?? null,
    promptDigest: stored?.prompt == null ? null : sha256(stored.prompt),
    planDigest: stored === null ? null : digestPlan(stored),
    reading: grant?.reading ?? null,
    expiresAt: Math.min(task.expiresAt, grant?.expiresAt ?? task.expiresAt),
    // Those that only let a person be asked cover nothing.
    entries: (grant?.entries ?? [])
      .filter(({ asks }) => !asks)
      .map(({ asks: _, ...entry }) => ({
        ...entry,
        uses: given.get(entry.id) ?? null,
        usesLeft: entry.uses,
        expiresAt: stored?.bounds.get(entry.id)?.expiresAt ?? null,
      })),
  };
}
