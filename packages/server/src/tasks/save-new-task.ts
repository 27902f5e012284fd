import { AppError, type LedgerRecord } from '@countersign/api';
import {
  type AgentId,
  type ArgumentConstraint,
  checkChain,
  isWithin,
  type Limits,
  mayAgentAct,
} from '@countersign/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { loadChain, requireSoundLimits, type taskLimitsSchema, toChainLink } from '../delegations/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { Schema } from '../plugins/database/schema.ts';
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
  /** The refusal when there is no such delegation. */
  readonly missing: 'delegation.not_found' | 'token.task_needed';
}

const mostOpen = 10_000;
/** No task is older than this and still open. */
const oldestMilliseconds = 3_600_000;

/** Opens the task with everything above it looked at in the same transaction: agent, owner, root person, every link, stops. */
export function saveNewTask(context: Context, given: NewTask): Promise<TaskView> {
  const now = context.platform.now();
  return context.store.transaction(async (tx) => {
    // Asked together: each answer is a round trip to the writer, and others wait for their turn on it.
    const [agent, delegation] = await Promise.all([
      loadAgent(tx.sql, given.agentId),
      findDelegation(tx.sql, given, now),
      requireRoom(tx, given.agentId, now),
    ]);
    if (!mayAgentAct(agent.state) || agent.owner_state !== 'active') throw new AppError('agent.not_active');
    // Another agent's delegation is answered like none.
    if (delegation === undefined || delegation.agent_id !== agent.id) throw new AppError(given.missing);
    if (delegation.root_state !== 'active') throw new AppError('delegation.not_active');
    const parents = delegation.parent_id === null ? [] : await loadChain(tx.sql, delegation.parent_id);
    const chain = [...parents, delegation].map(toChainLink);
    const checked = checkChain({ holder: agent.id as AgentId, links: chain }, now);
    if (!checked.valid) throw new AppError('delegation.not_active');
    const id = context.platform.newId('tsk');
    const chainIds = chain.map((link) => link.id);
    const scopes = { agent: agent.id, owner: agent.owner_id, task: id, chain: chainIds };
    context.stops.check({ ...scopes, action: '', upstream: '', tool: '' });
    await requireRoom(tx, agent.id, now);
    const limits = narrowLimits(checked.limits, given.limits, now + given.seconds * 1000);
    const row: TaskRow = {
      id,
      delegation_id: delegation.id,
      agent_id: agent.id,
      parent_task_id: null,
      purpose: given.purpose ?? delegation.purpose,
      prompt: given.prompt,
      limits: JSON.stringify(limits),
      opened_at: now,
      expires_at: limits.expiresAt,
      ended_at: null,
      end_reason: null,
    };
    await tx.sql.insertInto('tasks').values(row).execute();
    const recordId = context.platform.newId('rec');
    tx.record({
      ...describeOpening(row, given, limits),
      id: recordId,
      causes: delegation.created_record === null ? [] : [delegation.created_record],
      chain: chainIds,
      person: delegation.root_person_id,
    });
    return showTask(row, now);
  });
}

/** Everything of the chain that the task does not ask to have less of. Throws `task.exceeds_delegation`. */
function narrowLimits(chain: Limits, wanted: z.infer<typeof taskLimitsSchema>, endsAt: number): Limits {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const more: readonly ArgumentConstraint[] = wanted.arguments ?? [];
  const limits: Limits = {
    ...chain,
    ...given,
    arguments: [...chain.arguments, ...more],
    expiresAt: Math.min(chain.expiresAt, endsAt),
  };
  requireSoundLimits(limits);
  const within = isWithin(limits, chain);
  if (!within.within) {
    const fields = [...new Set(within.violations.map((violation) => violation.field))];
    throw new AppError('task.exceeds_delegation', {
      detail: fields.join(', '),
      data: { violations: within.violations },
    });
  }
  return limits;
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

/** A prompt may hold anything a person typed, so the record holds only its digest. */
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
      purpose: row.purpose,
      promptDigest: row.prompt === null ? null : sha256(row.prompt),
      limits,
      expiresAt: row.expires_at,
      isDefault: given.isDefault,
    },
  };
}
