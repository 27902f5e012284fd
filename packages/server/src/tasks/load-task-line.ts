import { AppError } from '@countersign/api';
import { type Kysely, sql as text } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** How many tasks may stand on each other. */
export const deepestTask = 16;

/** The task and those it works for, the first one first, with what each has durably used, in one statement. Throws `task.not_found`, `task.too_deep`. */
export async function loadTaskLine(sql: Kysely<Schema>, taskId: string) {
  const rows = await sql
    .withRecursive('line(id, step)', (from) =>
      from
        .selectFrom('tasks')
        .select(['tasks.id', text<number>`0`.as('step')])
        .where('tasks.id', '=', taskId)
        .unionAll((query) =>
          query
            .selectFrom('line')
            .innerJoin('tasks as child', 'child.id', 'line.id')
            .innerJoin('tasks as parent', 'parent.id', 'child.parent_task_id')
            .select(['parent.id', text<number>`line.step + 1`.as('step')])
            // A cycle put into the table would never end.
            .where('line.step', '<=', deepestTask),
        ),
    )
    .selectFrom('line')
    .innerJoin('tasks', 'tasks.id', 'line.id')
    .leftJoin('budgets', 'budgets.holder', 'tasks.id')
    .select(['tasks.id', 'tasks.parent_task_id', 'tasks.limits', 'tasks.expires_at', 'tasks.ended_at'])
    .select(['budgets.calls', 'budgets.spend_minor', 'budgets.result_rows', 'budgets.result_bytes'])
    .orderBy('line.step', 'desc')
    .execute();
  const [first] = rows;
  if (first === undefined) throw new AppError('task.not_found');
  if (first.parent_task_id !== null) throw new AppError('task.too_deep');
  return rows;
}

/** What was durably noted of the first task of a line. */
export function loadTaskFacts(sql: Kysely<Schema>, taskId: string) {
  return sql
    .selectFrom('task_facts')
    .select(['fact', 'name', 'times', 'last_position', 'last_at', 'completed_position', 'completed_at'])
    .where('task_id', '=', taskId)
    .orderBy('name')
    .execute();
}
