import { toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';

const pauseMilliseconds = 1_000;
const dayMilliseconds = 24 * 60 * 60_000;
const batch = 200;

/**
 * Cancels what agents asked that may not act any more, ends the tasks of calls that will not happen, and forgets what is
 * long over. None of it is needed for a refusal, which every poll finds by itself; people are to see nothing dead, and
 * nothing is to stay open. Returns when to look again.
 */
export async function endAsks(context: Context): Promise<number> {
  await cancelOfEndedAgents(context);
  await endIdleTasks(context);
  await forgetOld(context);
  return context.platform.now() + pauseMilliseconds;
}

async function forgetOld(context: Context): Promise<void> {
  const before = context.platform.now() - dayMilliseconds;
  // Looked for first, because most of the time there is nothing to write.
  const old = await context.store.sql
    .selectFrom('backchannel_asks')
    .select('id')
    .where('expires_at', '<', before)
    .limit(1)
    .executeTakeFirst();
  if (old === undefined) return;
  await context.store.sql.deleteFrom('backchannel_asks').where('expires_at', '<', before).execute();
}

async function cancelOfEndedAgents(context: Context): Promise<void> {
  const open = await context.store.sql
    .selectFrom('approvals')
    .select(['id', 'agent_id', 'asked_person_id'])
    .where('kind', '!=', 'call')
    .where('state', 'in', ['requested', 'approved'])
    .execute();
  for (const { id, agent_id: agentId, asked_person_id: personId } of open) {
    const reason = await findEnd(context, agentId, personId);
    if (reason !== null) await context.approvals.cancel('approval', id, reason);
  }
}

async function findEnd(context: Context, agentId: string, personId: string | null): Promise<string | null> {
  const agent = await context.agents.get(agentId);
  if (agent.state !== 'active') return 'agent.not_active';
  try {
    const scopes = { agent: agent.id, task: '', chain: [], action: '', upstream: '', tool: '' };
    context.stops.check({ ...scopes, owner: agent.ownerId });
    if (personId !== null) context.stops.check({ ...scopes, owner: personId });
    return null;
  } catch (thrown) {
    return toAppError(thrown).code;
  }
}

async function endIdleTasks(context: Context): Promise<void> {
  const idle = await context.store.sql
    .selectFrom('backchannel_asks')
    .innerJoin('approvals', 'approvals.id', 'backchannel_asks.approval_id')
    .innerJoin('tasks', 'tasks.id', 'backchannel_asks.task_id')
    .select(['tasks.id', 'backchannel_asks.asked_record'])
    .where('approvals.state', 'in', ['denied', 'expired', 'cancelled'])
    .where('tasks.ended_at', 'is', null)
    .limit(batch)
    .execute();
  if (idle.length === 0) return;
  await context.store.transaction(async (tx) => {
    for (const { id, asked_record: asked } of idle) {
      await context.tasks.close(tx, {
        under: { task: id },
        reason: 'cancelled',
        by: 'system:backchannel',
        causes: asked === null ? [] : [asked],
      });
    }
  });
}
