import { suspendAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { Approval } from '../approval-state.ts';

const hourMilliseconds = 3_600_000;
/** One person who refuses a list refuses once. */
const togetherMilliseconds = 5_000;
const mostDenials = 200;
const system: Actor = { kind: 'system', part: 'attention' };

/**
 * Whoever asks again and again after a no wears people out until one says yes: after several refusals within an hour the
 * agent is suspended, which tells its owner. Call it once the refusal is durable. What is asked for in drills does not count.
 */
export async function pauseAfterDenials(context: Context, approval: Approval): Promise<void> {
  const { denialsBeforePause } = context.config.approvals;
  if (approval.state !== 'denied' || approval.drill !== null || denialsBeforePause === 0) return;
  const rows = await context.store.sql
    .selectFrom('approvals')
    .select('decided_at')
    .where('agent_id', '=', approval.agentId)
    .where('state', '=', 'denied')
    .where('decided_at', '>', context.platform.now() - hourMilliseconds)
    .where('drill', 'is', null)
    .orderBy('decided_at')
    .limit(mostDenials)
    .execute();
  if (countTimes(rows.map((row) => row.decided_at ?? 0)) < denialsBeforePause) return;
  const agent = await context.agents.get(approval.agentId);
  if (agent.state !== 'active') return;
  await suspendAgent(context, system, { agentId: agent.id, reason: 'people refused it again and again' });
}

function countTimes(moments: readonly number[]): number {
  let times = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const at of moments) {
    if (at - last > togetherMilliseconds) times += 1;
    last = at;
  }
  return times;
}
