import { AppError, type LedgerRecord } from '@countersign/api';
import {
  type AgentId,
  checkChain,
  intersect,
  isWithin,
  type JsonObject,
  type Limits,
  mayAgentAct,
} from '@countersign/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import {
  type GivenSources,
  loadChain,
  narrowLimits,
  requireMembers,
  type taskLimitsSchema,
  toChainLink,
  traceGiven,
} from '../delegations/index.ts';
import type { Vouched } from '../organisations/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { requireUnstopped } from '../signals/index.ts';
import { everybody, requireNothingPaused } from './cascades/index.ts';
import { openPlan } from './grants/index.ts';
import { deepestTask, loadTaskLine } from './load-task-line.ts';
import { recordPrompt } from './record-prompt.ts';
import { showTask, type TaskRow, type TaskView } from './task-view.ts';

export interface NewTask {
  readonly agentId: string;
  /** Thumbprint of the key that asked, when it asked itself. */
  readonly key?: string;
  /** Null: the delegation's own. */
  readonly purpose: string | null;
  readonly prompt: string | null;
  readonly seconds: number;
  readonly limits: z.infer<typeof taskLimitsSchema>;
  readonly isDefault: boolean;
  /** Null: the agent's default. */
  readonly delegationId: string | null;
  /** The task it works for; null: the one that its delegation was made in, if any. */
  readonly parentTaskId: string | null;
  /** On which organisation's word, for an agent that one vouches for. */
  readonly vouched?: Vouched;
  /** The refusal when there is no such delegation. */
  readonly missing: 'delegation.not_found' | 'token.task_needed';
}

const mostOpen = 10_000;
/** No task is older than this and still open. */
const oldestMilliseconds = 3_600_000;

/** Opens the task with everything above it looked at in the same transaction: agents, owners, root person, every link, the tasks it works for, stops. */
export async function saveNewTask(context: Context, given: NewTask): Promise<TaskView> {
  const now = context.platform.now();
  const told = await traceTold(context, given);
  return context.store.transaction(async (tx) => {
    // Asked together: each answer is a round trip to the writer, and others wait for their turn on it.
    const [agent, delegation] = await Promise.all([
      loadAgent(tx.sql, given.agentId),
      findStanding(tx.sql, given, now),
      requireRoom(tx, given.agentId, now),
    ]);
    if (!mayAgentAct(agent.state) || agent.owner_state !== 'active') throw new AppError('agent.not_active');
    // Another agent's delegation is answered like none.
    if (delegation === undefined || delegation.agent_id !== agent.id) throw new AppError(given.missing);
    const chain = delegation.parent_id === null ? [delegation] : await loadChain(tx.sql, delegation.id);
    const links = chain.map(toChainLink);
    const checked = checkChain({ holder: agent.id as AgentId, links }, now);
    if (!checked.valid || delegation.root_state !== 'active') throw new AppError('delegation.not_active');
    const givers = chain.slice(0, -1);
    const standing = givers.length === 0 ? nobody : await requireMembers(tx.sql, givers);
    const parentTaskId = given.parentTaskId ?? chain.findLast((row) => row.task_id !== null)?.task_id ?? null;
    const parents = parentTaskId === null ? noParents : await requireParents(tx.sql, parentTaskId, now);
    const id = context.platform.newId('tsk');
    const [root] = parents.ids;
    if (root === undefined) await requireNothingPaused(tx.sql, delegation.id, [agent.id, everybody]);
    else {
      await requireNothingPaused(tx.sql, await findDelegationOf(tx.sql, root), [agent.id]);
      context.cascades.requireRunning(root, [agent.id, ...standing.agents]);
      context.cascades.noteChild({ root, task: parents.ids.at(-1) ?? root, agent: agent.id });
    }
    const chainIds = links.map((link) => link.id);
    const scopes = { agent: agent.id, owner: agent.owner_id, task: id, chain: chainIds };
    const owners = [...standing.owners, delegation.root_person_id];
    const through = { agents: standing.agents, owners, tasks: parents.ids };
    await requireUnstopped(context, tx, { ...scopes, through, action: '', upstream: '', tool: '' });
    const most = await narrowToWord(context, tx, { given, chain, parents, most: checked.limits });
    const limits = narrowTask(most, given.limits, now + given.seconds * 1000);
    const row: TaskRow = {
      id,
      delegation_id: delegation.id,
      agent_id: agent.id,
      parent_task_id: parentTaskId,
      purpose: given.purpose ?? delegation.purpose,
      prompt: given.prompt,
      limits: JSON.stringify(limits),
      opened_at: now,
      expires_at: limits.expiresAt,
      ended_at: null,
      end_reason: null,
    };
    await tx.sql.insertInto('tasks').values(row).execute();
    const word = (await given.vouched?.save(tx, id)) ?? [];
    const above = [...word, delegation.created_record, parents.openedRecord].filter(
      (record) => record !== null,
    );
    const words = { taskId: id, agentId: agent.id, prompt: row.prompt ?? '', causes: [] };
    const worded = row.prompt === null ? [] : [recordPrompt(context, tx, words)];
    const causes = [...new Set([...above, ...worded, ...told.causes])];
    const opened = context.platform.newId('rec');
    const opening = describeOpening(row, given, limits);
    tx.record({
      ...opening,
      body: { ...opening.body, ...told.body },
      id: opened,
      causes,
      ...(givers.length === 0 ? {} : { agents: chain.map((link) => link.agent_id) }),
      chain: chainIds,
      person: delegation.root_person_id,
    });
    // A prompt further down, or under what another agent passed on, may be the words of whatever that one has read.
    if (row.prompt !== null && parentTaskId === null && chain.length === 1)
      await openPlan(context, tx, {
        taskId: id,
        agentId: agent.id,
        prompt: row.prompt,
        limits,
        causes: [opened],
      });
    return showTask(row, now);
  });
}

/** What organisations allow that stand in the chain, and the one on whose word it is. */
function narrowToWord(
  context: Context,
  tx: Transaction,
  task: {
    given: NewTask;
    chain: readonly { agent_id: string }[];
    parents: ParentTasks;
    most: Limits;
  },
): Promise<Limits> {
  const { given, chain, parents, most } = task;
  return context.organisations.narrow(tx.sql, {
    agents: chain.map((link) => link.agent_id),
    most: parents.limits.reduce(intersect, most),
    isChild: parents.ids.length > 0,
    ...(given.vouched === undefined ? {} : { vouched: given.vouched }),
  });
}

/** Whoever asked for it may have said what a result of the task above told it. */
async function traceTold(context: Context, given: NewTask): Promise<GivenSources> {
  const { delegationId, limits, parentTaskId, prompt, purpose } = given;
  const taskId =
    parentTaskId ?? (delegationId === null ? null : await findTaskOf(context.store.sql, delegationId));
  if (taskId === null) return { causes: [], body: {} };
  const words = { ...(prompt === null ? {} : { prompt }), ...(purpose === null ? {} : { purpose }) };
  return traceGiven(context, { taskId }, { limits: limits as JsonObject, ...words });
}

/** The task that a delegation was made in. */
async function findTaskOf(sql: Kysely<Schema>, delegationId: string): Promise<string | null> {
  const row = await sql
    .selectFrom('delegations')
    .select('task_id')
    .where('id', '=', delegationId)
    .executeTakeFirst();
  return row?.task_id ?? null;
}

const nobody = { agents: [], owners: [] } as const;
const noParents = { ids: [], limits: [], openedRecord: null } as const;

interface ParentTasks {
  readonly ids: readonly string[];
  readonly limits: readonly Limits[];
  /** The record of the opening of the nearest one. */
  readonly openedRecord: string | null;
}

/** The tasks it will work for, all of them open. Throws `task.not_open`, `task.too_deep`. */
async function requireParents(sql: Kysely<Schema>, taskId: string, now: number): Promise<ParentTasks> {
  const rows = await loadTaskLine(sql, taskId);
  if (rows.length >= deepestTask) throw new AppError('task.too_deep');
  const hasEnded = rows.some((row) => row.ended_at !== null || row.expires_at <= now);
  if (hasEnded) throw new AppError('task.not_open');
  const { opened } = await sql
    .selectFrom('tasks')
    .select(firstRecord('tasks.id', 'task.opened').as('opened'))
    .where('tasks.id', '=', taskId)
    .executeTakeFirstOrThrow();
  return {
    ids: rows.map((row) => row.id),
    limits: rows.map((row) => JSON.parse(row.limits) as Limits),
    openedRecord: opened,
  };
}

async function findDelegationOf(sql: Kysely<Schema>, taskId: string): Promise<string> {
  const row = await sql
    .selectFrom('tasks')
    .select('delegation_id')
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  return row.delegation_id;
}

/** Everything of what it stands on that the task does not ask to have less of. Throws `task.exceeds_delegation`. */
function narrowTask(most: Limits, wanted: z.infer<typeof taskLimitsSchema>, endsAt: number): Limits {
  const expiresAt = Math.min(most.expiresAt, endsAt);
  const limits = narrowLimits({ ...most, expiresAt }, wanted);
  const within = isWithin(limits, most);
  if (within.within) return limits;
  const fields = [...new Set(within.violations.map((violation) => violation.field))];
  throw new AppError('task.exceeds_delegation', {
    detail: fields.join(', '),
    data: { violations: within.violations },
  });
}

/** With the state of the person at the root, on whose authority everything rests. */
function findDelegation(sql: Kysely<Schema>, given: NewTask, now: number) {
  const query = sql
    .selectFrom('delegations')
    .innerJoin('people', 'people.id', 'delegations.root_person_id')
    .selectAll('delegations')
    .select('people.state as root_state')
    .select(firstRecord('delegations.id', 'delegation.created').as('created_record'));
  if (given.delegationId !== null) {
    return query.where('delegations.id', '=', given.delegationId).executeTakeFirst();
  }
  return query
    .where('delegations.agent_id', '=', given.agentId)
    .where('delegations.is_default', '=', 1)
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', now)
    .executeTakeFirst();
}

const mostReplacements = 16;

/** Whoever names a delegation that was narrowed, or given back, works under the one that stands in its place. */
async function findStanding(sql: Kysely<Schema>, given: NewTask, now: number) {
  let found = await findDelegation(sql, given, now);
  for (let step = 0; step < mostReplacements; step += 1) {
    if (found === undefined || found.revoked_at === null || found.replaced_by === null) break;
    found = await findDelegation(sql, { ...given, delegationId: found.replaced_by }, now);
  }
  return found;
}

async function requireRoom(tx: Transaction, agentId: string, now: number): Promise<void> {
  const { open } = await tx.sql
    .selectFrom('tasks')
    .select((select) => select.fn.countAll<number>().as('open'))
    .where('agent_id', '=', agentId)
    .where('opened_at', '>', now - oldestMilliseconds)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(open) >= mostOpen) throw new AppError('server.rate_limited', { detail: 'open tasks' });
}

/** A prompt may hold anything a person typed: it has a record of its own, and this one only its digest. */
function describeOpening(
  row: TaskRow,
  given: NewTask,
  limits: Limits,
): Omit<LedgerRecord, 'id' | 'causes' | 'chain' | 'person'> {
  return {
    kind: 'task.opened',
    at: row.opened_at,
    task: row.id,
    agent: row.agent_id,
    ...(given.key === undefined ? {} : { key: given.key }),
    body: {
      by: row.agent_id,
      delegation: row.delegation_id,
      ...(row.parent_task_id === null ? {} : { parent: row.parent_task_id }),
      purpose: row.purpose,
      promptDigest: row.prompt === null ? null : sha256(row.prompt),
      limits,
      expiresAt: row.expires_at,
      isDefault: given.isDefault,
      ...(given.vouched === undefined ? {} : { organisation: given.vouched.organisation }),
    },
  };
}
