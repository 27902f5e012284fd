import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { ErasureWork } from '../erasure/erasure-work.ts';
import type { StoredRecord } from '../ledger-record.ts';

export interface HoldInForce {
  readonly id: string;
  /** What it is on; of an approval its action too, whose records say what was approved. */
  readonly names: readonly string[];
}

/**
 * The ids of the holds in force that keep any of these records, or anything else that their erasure would reach; of those
 * that somebody has ended, if a name is given.
 */
export async function findHolds(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  work: ErasureWork,
  endedBy?: string,
): Promise<readonly string[]> {
  const holds = await (endedBy === undefined ? listInForce(sql) : listEnded(sql, endedBy));
  if (holds.length === 0) return [];
  const reached = await listReached(sql, work);
  return holds
    .filter(
      (hold) => hold.names.some((name) => reached.has(name)) || records.some((one) => isHeld(one, [hold])),
    )
    .map(({ id }) => id);
}

export async function listInForce(sql: Kysely<Schema>): Promise<readonly HoldInForce[]> {
  const rows = await selectHolds(sql).where('ledger_holds.ended_at', 'is', null).execute();
  return rows.map(nameHold);
}

async function listEnded(sql: Kysely<Schema>, by: string): Promise<readonly HoldInForce[]> {
  return (await selectHolds(sql).where('ledger_holds.ended_by', '=', by).execute()).map(nameHold);
}

function selectHolds(sql: Kysely<Schema>) {
  return sql
    .selectFrom('ledger_holds')
    .leftJoin('approvals', 'approvals.id', 'ledger_holds.selection')
    .select(['ledger_holds.id', 'ledger_holds.selection', 'approvals.action_id']);
}

function nameHold(row: { id: string; selection: string; action_id: string | null }): HoldInForce {
  const { id, selection, action_id } = row;
  return { id, names: action_id === null ? [selection] : [selection, action_id] };
}

/** A hold keeps every record that names what it is on. */
export function isHeld(record: StoredRecord, holds: readonly HoldInForce[]): boolean {
  if (holds.length === 0) return false;
  const { id, action, task, person, agent, approval, agents = [], chain = [], causes } = record;
  const named = new Set([id, action, task, person, agent, approval, ...agents, ...chain, ...causes]);
  return holds.some(({ names }) => names.some((name) => named.has(name)));
}

/** The plan without the copies of what is on hold. */
export async function leaveHeld(
  sql: Kysely<Schema>,
  work: ErasureWork,
  holds: readonly HoldInForce[],
): Promise<ErasureWork> {
  if (holds.length === 0) return work;
  const names = new Set(holds.flatMap((hold) => hold.names));
  const of = await findOwners(sql, 'approvals', [...work.approvals, ...work.contents]);
  const tasks = await findOwners(sql, 'tasks', [...work.tasks, ...work.prompts]);
  const isFree = (about: ReadonlyMap<string, readonly string[]>) => (id: string) =>
    !names.has(id) && !(about.get(id) ?? []).some((name) => names.has(name));
  return {
    ...work,
    approvals: work.approvals.filter(isFree(of)),
    contents: work.contents.filter(isFree(of)),
    tasks: work.tasks.filter(isFree(tasks)),
    prompts: work.prompts.filter(isFree(tasks)),
  };
}

async function listReached(sql: Kysely<Schema>, work: ErasureWork): Promise<ReadonlySet<string>> {
  const approvals = [...work.approvals, ...work.contents];
  const tasks = [...work.tasks, ...work.prompts];
  const reached = new Set([...work.records, ...work.actions, ...approvals, ...tasks]);
  if (work.person !== null) reached.add(work.person);
  for (const [table, ids] of [['approvals', approvals] as const, ['tasks', tasks] as const])
    for (const names of (await findOwners(sql, table, ids)).values())
      for (const name of names) reached.add(name);
  return reached;
}

const idsAtOnce = 500;

/** Action, task and agent of approvals, delegation and agent of tasks: a hold on these keeps them too. */
async function findOwners(
  sql: Kysely<Schema>,
  table: 'approvals' | 'tasks',
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce);
    if (table === 'approvals') {
      const select = sql.selectFrom('approvals').select(['id', 'action_id', 'task_id', 'agent_id']);
      for (const row of await select.where('id', 'in', some).execute())
        found.set(row.id, [row.action_id, row.task_id, row.agent_id]);
    } else {
      const select = sql.selectFrom('tasks').select(['id', 'delegation_id', 'agent_id']);
      for (const row of await select.where('id', 'in', some).execute())
        found.set(row.id, [row.delegation_id, row.agent_id]);
    }
  }
  return found;
}
