import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import type { Transaction } from '../plugins/database/database.ts';

export interface Standing {
  readonly agentId: string;
  /** The agent's owner, and whom it asks by name. */
  readonly personIds: readonly string[];
  readonly taskId?: string;
}

/**
 * In the transaction that makes a request durable: whoever was ended before it would otherwise leave it open, because what
 * ends them cancels only what there was. Throws `agent.not_active`, `task.not_open`.
 */
export async function requireStanding(
  { sql }: Pick<Transaction, 'sql'>,
  { agentId, personIds, taskId }: Standing,
): Promise<void> {
  const agent = await sql.selectFrom('agents').select('state').where('id', '=', agentId).executeTakeFirst();
  const people = await sql.selectFrom('people').select('state').where('id', 'in', personIds).execute();
  const isEnded = agent !== undefined && !mayAgentAct(agent.state);
  if (isEnded || people.some(({ state }) => state === 'suspended')) throw new AppError('agent.not_active');
  if (taskId === undefined) return;
  const task = await sql.selectFrom('tasks').select('ended_at').where('id', '=', taskId).executeTakeFirst();
  if (task !== undefined && task.ended_at !== null) throw new AppError('task.not_open');
}
