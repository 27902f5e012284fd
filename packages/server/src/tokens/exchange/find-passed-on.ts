import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { LeasedTask } from '../../tasks/index.ts';

/**
 * The delegation by which the subject lets the client help with its task: made from the one the task is under, and in no
 * task but this one or those it works for. Of several the one named, else one made in this task, else the newest. An
 * agent that exchanges a token of its own stays under its own delegation. Throws `token.exchange_refused`.
 */
export async function findPassedOn(
  context: Context,
  exchange: { readonly task: LeasedTask; readonly client: string; readonly named: string | undefined },
): Promise<string> {
  const { task, client, named } = exchange;
  if (client === task.agentId) {
    if (named !== undefined && named !== task.delegationId) throw new AppError('token.exchange_refused');
    return task.delegationId;
  }
  // A task that its agent keeps to itself is no other's, whatever the delegation allows.
  if (task.limits.depth < 1) throw new AppError('token.exchange_refused');
  const line = [...task.parentIds, task.id];
  const found = await context.store.sql
    .selectFrom('delegations')
    .select(['id', 'task_id'])
    .where('parent_id', '=', task.delegationId)
    .where('from_agent_id', '=', task.agentId)
    .where('agent_id', '=', client)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .where((where) => where.or([where('task_id', 'is', null), where('task_id', 'in', line)]))
    .$if(named !== undefined, (query) => query.where('id', '=', named ?? ''))
    .orderBy('id', 'desc')
    .execute();
  // The nearest task first, then what stands for itself.
  const made = line.toReversed().flatMap((id) => found.find((row) => row.task_id === id) ?? []);
  const chosen = made[0] ?? found[0];
  if (chosen === undefined) throw new AppError('token.exchange_refused');
  return chosen.id;
}
