import { AppError } from '@countersign/api';
import { type AgentEvent, applyAgentEvent } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { describeCut, noteSecurityEvent } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { changeReason } from './agent-schema.ts';
import { type AgentRow, type AgentView, showAgent } from './agent-view.ts';
import { loadAgent } from './load-agent.ts';
import { requireActivePerson, requireOwner } from './require-owner.ts';

export const agentChangeInput = z.strictObject({ agentId: idSchema('agt'), reason: changeReason.optional() });

export interface AgentMove {
  readonly agent: AgentRow;
  readonly by: string;
  /** The record of the change. */
  readonly recordId: string;
}

/** Resumes an agent; what it does then needs new tasks. Throws `agent.transition_refused`. */
export async function startAgent(
  context: Context,
  actor: Actor,
  input: unknown,
  event: Extract<AgentEvent, 'activate' | 'resume'>,
): Promise<AgentView> {
  requirePermission(actor, 'agents.change');
  const change = agentChangeInput.parse(input);
  return context.store.transaction(async (tx) => {
    const { agent } = await applyMove(context, tx, actor, { ...change, event, cut: [] });
    await requireActivePerson(tx.sql, agent.owner_id);
    return showAgent(await loadAgent(tx.sql, agent.id));
  });
}

/**
 * Takes an agent out of action: it is kept out and its calls in flight are cut before the change is even written, its
 * tasks end with it. Throws `agent.transition_refused`.
 */
export async function haltAgent(
  context: Context,
  actor: Actor,
  input: unknown,
  event: Extract<AgentEvent, 'suspend' | 'retire'>,
  andThen: (tx: Transaction, move: AgentMove) => Promise<unknown> = async () => undefined,
): Promise<AgentView> {
  requirePermission(actor, 'agents.change');
  const change = agentChangeInput.parse(input);
  const before = await loadAgent(context.store.sql, change.agentId);
  requireOwner(actor, before.owner_id);
  const hold = context.stops.hold('agent', change.agentId, new AppError('agent.not_active'));
  try {
    return await context.store.transaction(async (tx) => {
      const move = await applyMove(context, tx, actor, { ...change, event, cut: hold.cut });
      await noteSecurityEvent(context, tx, {
        kind: 'session-revoked',
        about: { agent: change.agentId },
        reason: event === 'suspend' ? 'suspended' : 'retired',
        record: move.recordId,
      });
      await andThen(tx, move);
      await context.tasks.close(tx, {
        under: { agent: change.agentId },
        reason: 'agent_stopped',
        by: move.by,
        causes: [move.recordId],
      });
      return showAgent(await loadAgent(tx.sql, change.agentId));
    });
  } finally {
    hold.release();
  }
}

async function applyMove(
  context: Context,
  tx: Transaction,
  actor: Actor,
  change: z.infer<typeof agentChangeInput> & {
    readonly event: AgentEvent;
    readonly cut: readonly string[];
  },
): Promise<AgentMove> {
  const agent = await loadAgent(tx.sql, change.agentId);
  requireOwner(actor, agent.owner_id);
  const moved = applyAgentEvent(agent.state, change.event);
  if (!moved.ok) throw new AppError('agent.transition_refused', { detail: moved.code });
  const now = context.platform.now();
  await tx.sql
    .updateTable('agents')
    .set({ state: moved.state, changed_at: now })
    .where('id', '=', agent.id)
    .execute();
  const recordId = context.platform.newId('rec');
  const by = nameActor(actor);
  tx.record({
    id: recordId,
    kind: 'agent.state_changed',
    at: now,
    causes: agent.causes,
    agent: agent.id,
    person: agent.owner_id,
    body: {
      by,
      from: agent.state,
      to: moved.state,
      ...(change.reason === undefined ? {} : { reason: change.reason }),
      ...describeCut(change.cut),
    },
  });
  tx.afterCommit(() => context.agents.forget(agent.id));
  return { agent, by, recordId };
}
