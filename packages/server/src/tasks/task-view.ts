import { isTaskOpen, type Limits } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { Spending } from './leased-task.ts';
import { readTaskState } from './task-state.ts';

export type TaskRow = Selectable<Schema['tasks']>;

/** A task as its agent and people see it. Times are epoch milliseconds. */
export interface TaskView {
  readonly id: string;
  readonly delegationId: string;
  readonly agentId: string;
  /** The task it works for, if any. */
  readonly parentTaskId: string | null;
  readonly purpose: string;
  readonly prompt: string | null;
  readonly limits: Limits;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** Null while it is open. */
  readonly endReason: string | null;
  readonly state: 'open' | 'ended' | 'expired';
  /** Since when and why its work is held up until a person has looked at it; null while it goes on. */
  readonly paused: { readonly at: number; readonly cause: string } | null;
  /** Durably used. */
  readonly used: Spending;
}

export function selectTasks(sql: Kysely<Schema>) {
  return sql
    .selectFrom('tasks')
    .leftJoin('budgets', 'budgets.holder', 'tasks.id')
    .leftJoin('task_pauses', (join) =>
      join.onRef('task_pauses.task_id', '=', 'tasks.id').on('task_pauses.resumed_at', 'is', null),
    )
    .selectAll('tasks')
    .select(['task_pauses.at as paused_at', 'task_pauses.cause as pause_cause'])
    .select(['budgets.calls as used_calls', 'budgets.spend_minor as used_spend_minor'])
    .select(['budgets.result_rows as used_rows', 'budgets.result_bytes as used_bytes']);
}

type JoinedRow = TaskRow & {
  readonly used_calls?: number | null;
  readonly used_spend_minor?: number | null;
  readonly used_rows?: number | null;
  readonly used_bytes?: number | null;
  readonly paused_at?: number | null;
  readonly pause_cause?: string | null;
};

export function showTask(row: JoinedRow, now: number): TaskView {
  const task = readTaskState(row);
  // One that ran out is shown so before the expiry job has come round to it.
  const hasRunOut = task.state === 'open' && !isTaskOpen(task, now);
  return {
    id: row.id,
    delegationId: row.delegation_id,
    agentId: row.agent_id,
    parentTaskId: row.parent_task_id,
    purpose: row.purpose,
    prompt: row.prompt,
    limits: JSON.parse(row.limits) as Limits,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
    endedAt: hasRunOut ? row.expires_at : row.ended_at,
    endReason: hasRunOut ? 'expired' : row.end_reason,
    state: hasRunOut ? 'expired' : task.state,
    paused: row.paused_at == null ? null : { at: row.paused_at, cause: row.pause_cause ?? '' },
    used: {
      calls: row.used_calls ?? 0,
      spendMinor: row.used_spend_minor ?? 0,
      rows: row.used_rows ?? 0,
      bytes: row.used_bytes ?? 0,
    },
  };
}
