import { applyTaskEvent, type TaskState } from '@countersign/core';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { TaskClosing, TaskScope } from './leased-task.ts';
import { readTaskState } from './task-state.ts';

/** A task that this transaction ends; `at` is in epoch milliseconds. */
export interface ClosedTask {
  readonly id: string;
  readonly agentId: string;
  readonly at: number;
}

// Statements have a bounded number of parameters.
const idsInStatement = 500;

/** Ends the open tasks under the scope and records each end. One whose time is over is recorded as expired. */
export async function closeTasks(
  tx: Transaction,
  platform: Pick<Platform, 'now' | 'newId'>,
  closing: TaskClosing,
): Promise<readonly ClosedTask[]> {
  const now = platform.now();
  const rows = await selectOpen(tx, closing.under);
  const ended = rows.flatMap((row) => {
    const change = applyTaskEvent(readTaskState(row), { type: 'end', reason: closing.reason, at: now });
    return change.ok && change.state.state !== 'open' ? [{ row, state: change.state }] : [];
  });
  const inTime = ended.filter(({ state }) => state.state === 'ended').map(({ row }) => row.id);
  const expired = ended.filter(({ state }) => state.state === 'expired');
  await updateAll(tx, inTime, { ended_at: now, end_reason: closing.reason });
  for (const [at, tasks] of Map.groupBy(expired, ({ state }) => state.at)) {
    await updateAll(
      tx,
      tasks.map(({ row }) => row.id),
      { ended_at: at, end_reason: 'expired' },
    );
  }
  for (const { row, state } of ended) {
    tx.record({
      id: platform.newId('rec'),
      kind: 'task.ended',
      at: now,
      causes: row.opened_record === null ? closing.causes : [row.opened_record, ...closing.causes],
      task: row.id,
      agent: row.agent_id,
      person: row.root_person_id,
      body: {
        by: closing.by,
        delegation: row.delegation_id,
        reason: nameEnd(state),
        used: { calls: row.used_calls ?? 0, spendMinor: row.used_spend_minor ?? 0 },
        ...closing.body,
      },
    });
  }
  return ended.map(({ row, state }) => ({ id: row.id, agentId: row.agent_id, at: state.at }));
}

type EndState = Exclude<TaskState, { state: 'open' }>;

function nameEnd(state: EndState): string {
  return state.state === 'expired' ? 'expired' : state.reason;
}

function selectOpen(tx: Transaction, under: TaskScope) {
  const query = tx.sql
    .selectFrom('tasks')
    .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
    .leftJoin('budgets', 'budgets.holder', 'tasks.id')
    .select([
      'tasks.id',
      'tasks.agent_id',
      'tasks.delegation_id',
      'tasks.expires_at',
      'tasks.ended_at',
      'tasks.end_reason',
      'delegations.root_person_id',
      'budgets.calls as used_calls',
      'budgets.spend_minor as used_spend_minor',
    ])
    .select(firstRecord('tasks.id', 'task.opened').as('opened_record'))
    .where('tasks.ended_at', 'is', null)
    .orderBy('tasks.expires_at');
  if ('task' in under) return query.where('tasks.id', '=', under.task).execute();
  if ('agent' in under) return query.where('tasks.agent_id', '=', under.agent).execute();
  if ('dueAt' in under) return query.where('tasks.expires_at', '<=', under.dueAt).limit(500).execute();
  if ('delegations' in under) return query.where('tasks.delegation_id', 'in', under.delegations).execute();
  const { owner } = under;
  return query
    .where((where) =>
      where.or([
        where('delegations.root_person_id', '=', owner),
        where(
          'tasks.agent_id',
          'in',
          tx.sql.selectFrom('agents').select('agents.id').where('agents.owner_id', '=', owner),
        ),
      ]),
    )
    .execute();
}

async function updateAll(
  tx: Transaction,
  ids: readonly string[],
  end: { readonly ended_at: number; readonly end_reason: string },
): Promise<void> {
  for (let from = 0; from < ids.length; from += idsInStatement) {
    await tx.sql
      .updateTable('tasks')
      .set(end)
      .where('id', 'in', ids.slice(from, from + idsInStatement))
      .where('ended_at', 'is', null)
      .execute();
  }
}
