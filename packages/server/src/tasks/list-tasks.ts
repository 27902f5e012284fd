import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type Page, pageQuery, takePage } from '../wire/page.ts';
import { selectTasks, showTask, type TaskView } from './task-view.ts';

export const listTasksInput = z.strictObject({
  ...pageQuery,
  agentId: idSchema('agt').optional(),
  delegationId: idSchema('dlg').optional(),
  state: z.enum(['open', 'all']).default('all'),
});

/** An agent sees its own tasks only, whatever it asks for. */
export async function listTasks(context: Context, actor: Actor, input: unknown): Promise<Page<TaskView>> {
  if (actor.kind !== 'agent') requirePermission(actor, 'tasks.read');
  const { cursor, limit, state, delegationId, ...asked } = listTasksInput.parse(input);
  const agentId = actor.kind === 'agent' ? actor.agent : asked.agentId;
  const now = context.platform.now();
  const rows = await selectTasks(context.store.sql)
    .$if(cursor !== undefined, (query) => query.where('tasks.id', '<', cursor ?? ''))
    .$if(agentId !== undefined, (query) => query.where('tasks.agent_id', '=', agentId ?? ''))
    .$if(delegationId !== undefined, (query) => query.where('tasks.delegation_id', '=', delegationId ?? ''))
    .$if(state === 'open', (query) =>
      query.where('tasks.ended_at', 'is', null).where('tasks.expires_at', '>', now),
    )
    .orderBy('tasks.id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, (row) => showTask(row, now));
}
