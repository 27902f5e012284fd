import { AppError } from '@countersign/api';
import { loadAgent, requireOwner } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';

/**
 * That the task is the agent's own, or that of a person who answers for it: the one at the head of its chain, the agent's
 * owner, an administrator. Throws `task.not_found` for another agent, `person.forbidden` for another person.
 */
export async function requireAuthorityOver(
  context: Pick<Context, 'store'>,
  actor: Actor,
  taskId: string,
): Promise<void> {
  const row = await context.store.sql
    .selectFrom('tasks')
    .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
    .select(['tasks.agent_id', 'delegations.root_person_id'])
    .where('tasks.id', '=', taskId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('task.not_found');
  if (actor.kind === 'agent') {
    if (row.agent_id !== actor.agent) throw new AppError('task.not_found');
    return;
  }
  if (actor.kind === 'person' && actor.person === row.root_person_id) return;
  const agent = await loadAgent(context.store.sql, row.agent_id);
  requireOwner(actor, agent.owner_id);
}
