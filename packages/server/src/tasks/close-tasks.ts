import { applyTaskEvent, type TaskState } from '@countersign/core';
import { type SqlBool, sql } from 'kysely';
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
  /** The record of its end. */
  readonly recordId: string;
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
  const closed = ended.map(({ row, state }) => ({ row, state, recordId: platform.newId('rec') }));
  for (const { row, state, recordId } of closed) {
    const above = readCauses(closing, row);
    tx.record({
      id: recordId,
      kind: 'task.ended',
      at: now,
      causes: row.opened_record === null ? above : [row.opened_record, ...above],
      task: row.id,
      agent: row.agent_id,
      person: row.root_person_id,
      body: {
        by: closing.by,
        delegation: row.delegation_id,
        reason: nameEnd(state),
        used: {
          calls: row.used_calls ?? 0,
          spendMinor: row.used_spend_minor ?? 0,
          rows: row.used_rows ?? 0,
          bytes: row.used_bytes ?? 0,
        },
        ...closing.body,
      },
    });
  }
  return closed.map(({ row, state, recordId }) => {
    return { id: row.id, agentId: row.agent_id, at: state.at, recordId };
  });
}

function readCauses(
  { causes }: TaskClosing,
  row: { readonly delegation_id: string; readonly parent_task_id: string | null },
): readonly string[] {
  if (typeof causes !== 'function') return causes;
  return causes({ delegationId: row.delegation_id, parentId: row.parent_task_id });
}

type EndState = Exclude<TaskState, { state: 'open' }>;

function nameEnd(state: EndState): string {
  return state.state === 'expired' ? 'expired' : state.reason;
}

/** In statements of a bounded size. */
async function selectOpen(tx: Transaction, under: TaskScope) {
  if ('delegations' in under) {
    return selectByIds(under.delegations, (ids) => openTasks(tx).where('tasks.delegation_id', 'in', ids));
  }
  if ('parents' in under) {
    return selectByIds(under.parents, (ids) => openTasks(tx).where('tasks.parent_task_id', 'in', ids));
  }
  if ('task' in under) return openTasks(tx).where('tasks.id', '=', under.task).execute();
  if ('dueAt' in under)
    return openTasks(tx).where('tasks.expires_at', '<=', under.dueAt).limit(500).execute();
  return openTasks(tx).where(standsUnder(under)).execute();
}

function openTasks(tx: Transaction) {
  return tx.sql
    .selectFrom('tasks')
    .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
    .leftJoin('budgets', 'budgets.holder', 'tasks.id')
    .select([
      'tasks.id',
      'tasks.agent_id',
      'tasks.delegation_id',
      'tasks.parent_task_id',
      'tasks.expires_at',
      'tasks.ended_at',
      'tasks.end_reason',
      'delegations.root_person_id',
      'budgets.calls as used_calls',
      'budgets.spend_minor as used_spend_minor',
      'budgets.result_rows as used_rows',
      'budgets.result_bytes as used_bytes',
    ])
    .select(firstRecord('tasks.id', 'task.opened').as('opened_record'))
    .where('tasks.ended_at', 'is', null)
    .orderBy('tasks.expires_at');
}

async function selectByIds<Row>(
  ids: readonly string[],
  select: (some: readonly string[]) => { execute(): Promise<Row[]> },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < ids.length; from += idsInStatement) {
    rows.push(...(await select(ids.slice(from, from + idsInStatement)).execute()));
  }
  return rows;
}

/** Whether the task stands on a delegation to the agent, or to an agent of the owner, however far down its chain. */
function standsUnder(under: { readonly agent: string } | { readonly owner: string }) {
  const top =
    'agent' in under
      ? sql`top.agent_id = ${under.agent}`
      : sql`(top.root_person_id = ${under.owner}
          or top.agent_id in (select agents.id from agents where agents.owner_id = ${under.owner}))`;
  return sql<SqlBool>`tasks.delegation_id in (
    with recursive below(id) as (
      select top.id from delegations as top where ${top} and top.revoked_at is null
      union
      select child.id from delegations as child join below on child.parent_id = below.id)
    select below.id from below)`;
}

/** The delegations in force that were made in these tasks. */
export function listMadeIn(tx: Transaction, taskIds: readonly string[]) {
  return selectByIds(taskIds, (ids) =>
    tx.sql.selectFrom('delegations').selectAll().where('task_id', 'in', ids).where('revoked_at', 'is', null),
  );
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
