import { AppError } from '@countersign/api';
import type { Limits } from '@countersign/core';
import type { Kysely } from 'kysely';
import { loadChain, toChainLink } from '../delegations/index.ts';
import type { Schema } from '../plugins/database/schema.ts';
import type { LeasedTask } from './leased-task.ts';

/** What of a task never changes. */
export type RecordedTask = Pick<
  LeasedTask,
  | 'id'
  | 'agentId'
  | 'delegationId'
  | 'chain'
  | 'chainIds'
  | 'limits'
  | 'rootPersonId'
  | 'purpose'
  | 'openedAt'
>;

/** A task as it was opened, without holding it: for looking back, also at those that have ended. Throws `task.not_found`. */
export async function loadRecordedTask(sql: Kysely<Schema>, taskId: string): Promise<RecordedTask> {
  const row = await sql
    .selectFrom('tasks')
    .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
    .select(['tasks.id', 'tasks.agent_id', 'tasks.delegation_id', 'tasks.limits', 'tasks.purpose'])
    .select(['tasks.opened_at', 'delegations.root_person_id'])
    .where('tasks.id', '=', taskId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('task.not_found');
  const links = await loadChain(sql, row.delegation_id);
  return {
    id: row.id,
    agentId: row.agent_id,
    delegationId: row.delegation_id,
    chain: links.map((link) => ({ ...toChainLink(link), purpose: link.purpose, createdAt: link.created_at })),
    chainIds: links.map((link) => link.id),
    limits: JSON.parse(row.limits) as Limits,
    rootPersonId: row.root_person_id,
    purpose: row.purpose,
    openedAt: row.opened_at,
  };
}
