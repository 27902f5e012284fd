import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { taskLimitsSchema } from '../delegations/index.ts';
import type { Vouched } from '../organisations/index.ts';
import type { Actor } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine, plainLines } from '../wire/plain-text.ts';
import { saveNewTask } from './save-new-task.ts';
import type { TaskView } from './task-view.ts';

export const longestTaskSeconds = 3600;

export const openTaskInput = z.strictObject({
  /** The agent's default delegation, when absent. */
  delegationId: idSchema('dlg').optional(),
  purpose: plainLine(500),
  /** What the agent was asked to do, in the words it was asked. */
  prompt: plainLines(16_384).optional(),
  ttlSeconds: z.number().int().min(1).max(longestTaskSeconds).optional(),
  limits: taskLimitsSchema.default({}),
});

/**
 * Opens one time-boxed piece of work under a delegation to the calling agent. It ends with the delegation at the latest.
 * Throws `task.exceeds_delegation`, `delegation.not_active`, `delegation.not_found` also for another agent's,
 * `agent.not_active`, `signal.stopped`.
 */
export async function openTask(context: Context, actor: Actor, input: unknown): Promise<TaskView> {
  // Only an agent works: a person who opened its tasks would act in its name.
  if (actor.kind !== 'agent') throw new AppError('person.forbidden');
  const { delegationId, purpose, prompt, ttlSeconds, limits } = openTaskInput.parse(input);
  return saveNewTask(context, {
    agentId: actor.agent,
    key: actor.key,
    purpose,
    prompt: prompt ?? null,
    seconds: ttlSeconds ?? context.config.tasks.defaultSeconds,
    limits,
    isDefault: false,
    delegationId: delegationId ?? null,
    parentTaskId: null,
    missing: 'delegation.not_found',
  });
}

/**
 * Opens the task of a token request that names none, under the delegation marked as the agent's default. It lasts as
 * long as the token. Throws `token.task_needed` when there is no such delegation.
 */
export function openDefaultTask(context: Context, agentId: string, ttlSeconds: number): Promise<TaskView> {
  return saveNewTask(context, {
    agentId,
    purpose: null,
    prompt: null,
    seconds: Math.min(ttlSeconds, longestTaskSeconds),
    limits: {},
    isDefault: true,
    delegationId: null,
    parentTaskId: null,
    missing: 'token.task_needed',
  });
}

/** What a task on the word of an organisation is to be. */
export interface VouchedTask {
  readonly agentId: string;
  readonly key: string;
  readonly purpose: string | null;
  readonly vouched: Vouched;
}

/**
 * Opens a task under the agent's default delegation on the word of an organisation: within that delegation, the ceiling of
 * the organisation and what its chain itself says. Throws what `openTask` does, `token.task_needed`, `organisation.cut_off`,
 * `organisation.ceiling_exceeded`, `organisation.assertion_replayed`.
 */
export function openVouchedTask(context: Context, task: VouchedTask): Promise<TaskView> {
  return saveNewTask(context, {
    ...task,
    prompt: null,
    seconds: context.config.tasks.defaultSeconds,
    limits: {},
    isDefault: false,
    delegationId: null,
    parentTaskId: null,
    missing: 'token.task_needed',
  });
}

/** What a child task is to be. */
export interface ChildTask {
  readonly agentId: string;
  readonly key: string;
  /** The delegation to the agent, made from the parent's or the parent's own. */
  readonly delegationId: string;
  readonly parent: { readonly id: string; readonly purpose: string; readonly expiresAt: number };
  /** The parent's, when null. */
  readonly purpose: string | null;
  readonly ttlSeconds: number | null;
  readonly limits: z.infer<typeof taskLimitsSchema>;
}

/**
 * Opens a task that works for another: within its limits, spending from its budget too, and ended with it. Throws what
 * `openTask` does, `task.not_open`, `task.too_deep`.
 */
export function openChildTask(context: Context, child: ChildTask): Promise<TaskView> {
  const { parent, ttlSeconds } = child;
  const left = Math.max(1, Math.ceil((parent.expiresAt - context.platform.now()) / 1000));
  return saveNewTask(context, {
    agentId: child.agentId,
    key: child.key,
    purpose: child.purpose ?? parent.purpose,
    prompt: null,
    seconds: Math.min(ttlSeconds ?? left, longestTaskSeconds),
    limits: child.limits,
    isDefault: false,
    delegationId: child.delegationId,
    parentTaskId: parent.id,
    missing: 'delegation.not_found',
  });
}
