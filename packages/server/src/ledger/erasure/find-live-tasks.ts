import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';

const idsAtOnce = 500;
/** As long as a session that asks through hooks goes on in a task that forgets nothing. */
const rememberedMilliseconds = 30 * 86_400_000;

/**
 * Which of these tasks still hold somebody to something: they run, or work in them is paused, or a session may go on where
 * they ended; also when that is so of a task that works for them. What they were told is the plan they are held against.
 */
export async function findLiveTasks(
  database: Kysely<Schema>,
  ids: readonly string[],
  now: number,
): Promise<ReadonlySet<string>> {
  const live = new Set<string>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const { rows } = await sql<{ first: string }>`
      WITH RECURSIVE line (first, id) AS (
        SELECT id, id FROM tasks WHERE id IN (${sql.join(ids.slice(from, from + idsAtOnce))})
        UNION SELECT line.first, tasks.id FROM line JOIN tasks ON tasks.parent_task_id = line.id
      )
      SELECT DISTINCT first FROM line WHERE
        EXISTS (SELECT 1 FROM tasks WHERE tasks.id = line.id AND tasks.ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM task_pauses WHERE resumed_at IS NULL
          AND (task_pauses.task_id = line.id OR task_pauses.root_task_id = line.id))
        OR EXISTS (SELECT 1 FROM hook_sessions WHERE hook_sessions.task_id = line.id
          AND hook_sessions.changed_at > ${now - rememberedMilliseconds})`.execute(database);
    for (const { first } of rows) live.add(first);
  }
  return live;
}
