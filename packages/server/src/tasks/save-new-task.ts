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
import { loadAgent, requireActivePerson } from '../agents/index.ts';
import type { Context } from '../context.ts';
import {
  type DelegationRow,
  loadChain,
  requireSoundLimits,
  type taskLimitsSchema,
  toChainLink,
} from '../delegations/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
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
  findDelegation(sql: Kysely<Schema>, now: number): Promise<DelegationRow>;
}

const mostOpen = 10_000;
/** No task is older than this and still open. */
const oldestMilliseconds = 3_600_000;

/** Opens the task with everything above it looked at in the same transaction: agent, owner, root person, every link, stops. */
export function saveNewTask(context: Context, given: NewTask): Promise<TaskView> {
  const now = context.platform.now();
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, given.agentId);
    if (!mayAgentAct(agent.state) || agent.owner_state !== 'active') throw new AppError('agent.not_active');
    const delegation = await given.findDelegation(tx.sql, now);
    // Another agent's delegation is answered like none.
    if (delegation.agent_id !== agent.id) throw new AppError('delegation.not_found');
    await requireActivePerson(tx.sql, delegation.root_person_id).catch(() => {
      throw new AppError('delegation.not_active');
    });
    const chain = (await loadChain(tx.sql, delegation.id)).map(toChainLink);
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
): Omit<LedgerRecord, 'id' | 'chain' | 'person'> {
  return {
    kind: 'task.opened',
    at: row.opened_at,
    causes: [],
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
