import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { Pause } from './cascades.ts';

export const everybody = '';

/** The pauses of these agents under a first task that no person has lifted, also when the task has ended. */
export async function loadStandingPauses(
  sql: Kysely<Schema>,
  root: string,
  agents: readonly string[],
): Promise<readonly Pause[]> {
  const rows = await selectStanding(sql)
    .where('task_pauses.root_task_id', '=', root)
    .where('task_pauses.agent_id', 'in', agents)
    .execute();
  return rows.map(toPause);
}

/** All of them under the first task. */
export async function loadRootPauses(sql: Kysely<Schema>, root: string): Promise<readonly Pause[]> {
  const rows = await selectStanding(sql).where('task_pauses.root_task_id', '=', root).execute();
  return rows.map(toPause);
}

/** That no pause stands under the first task for what would go on with it. Throws `task.paused`. */
export async function requireUnpaused(sql: Kysely<Schema>, root: string, agent: string): Promise<void> {
  const [pause] = await loadStandingPauses(sql, root, [agent, everybody]);
  if (pause !== undefined) throw refusePaused(pause);
}

/**
 * That no person has yet to look at what one of these agents did under any first task of the delegation, open or ended: a
 * new task is no way round. Throws `task.paused`.
 */
export async function requireNothingPaused(
  sql: Kysely<Schema>,
  delegation: string,
  agents: readonly string[],
): Promise<void> {
  const row = await selectStanding(sql)
    .innerJoin('tasks', 'tasks.id', 'task_pauses.root_task_id')
    .where('tasks.delegation_id', '=', delegation)
    .where('task_pauses.agent_id', 'in', agents)
    .orderBy('task_pauses.at')
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) throw refusePaused(toPause(row));
}

export function refusePaused({ task, cause, record }: Pause): AppError {
  return new AppError('task.paused', { detail: cause, data: { task, cause, record } });
}

export function selectStanding(sql: Kysely<Schema>) {
  return sql.selectFrom('task_pauses').selectAll('task_pauses').where('task_pauses.resumed_at', 'is', null);
}

export function toPause(row: {
  readonly record: string;
  readonly root_task_id: string;
  readonly agent_id: string;
  readonly task_id: string;
  readonly cause: string;
  readonly at: number;
}): Pause {
  const { record, root_task_id: root, agent_id: agent, task_id: task, cause, at } = row;
  return { record, root, agent, task, at, cause: cause as Pause['cause'] };
}
