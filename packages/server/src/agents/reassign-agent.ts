import { AppError } from '@countersign/api';
import { applyAgentEvent } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { revokeDelegationsTo } from '../delegations/index.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { describeCut, noteSecurityEvent } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { changeReason } from './agent-schema.ts';
import { type AgentView, showAgent } from './agent-view.ts';
import { type LoadedAgent, loadAgent } from './load-agent.ts';
import { requireMayOwn } from './require-owner.ts';

export const reassignAgentInput = z.strictObject({
  agentId: idSchema('agt'),
  ownerId: idSchema('per'),
  reason: changeReason.optional(),
});

/**
 * Gives the agent to another accountable person. What the former owner delegated ends, and so do all its tasks: the new
 * owner delegates knowingly. An orphaned agent comes back suspended. Only administrators may. Throws
 * `person.not_found` for a person who may not own agents.
 */
export async function reassignAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  requirePermission(actor, 'agents.change');
  // Only administrators hold this one: no owner hands responsibility to somebody who was not asked.
  if (!hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
  const { agentId, ownerId, reason } = reassignAgentInput.parse(input);
  const hold = context.stops.hold('agent', agentId, new AppError('agent.not_active'));
  try {
    return await context.store.transaction(async (tx) => {
      const agent = await loadAgent(tx.sql, agentId);
      await requireMayOwn(tx.sql, ownerId);
      const by = nameActor(actor);
      const body = { by, ...(reason === undefined ? {} : { reason }), ...describeCut(hold.cut) };
      const recordId = await moveOwner(context, tx, agent, ownerId, body);
      const causes = [recordId];
      await revokeDelegationsTo(context, tx, { agentId, fromPersonId: agent.owner_id, by, causes });
      await context.tasks.close(tx, { under: { agent: agentId }, reason: 'agent_stopped', by, causes });
      return showAgent(await loadAgent(tx.sql, agentId));
    });
  } finally {
    hold.release();
  }
}

/**
 * Makes another person accountable, in a transaction of the caller's, who ends the agent's tasks in it. Throws
 * `agent.transition_refused`.
 */
export async function moveOwner(
  context: Context,
  tx: Transaction,
  agent: LoadedAgent,
  ownerId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  if (agent.state === 'retired' || agent.owner_id === ownerId) throw new AppError('agent.transition_refused');
  const adopted = applyAgentEvent(agent.state, 'adopt');
  const state = adopted.ok ? adopted.state : agent.state;
  const now = context.platform.now();
  await tx.sql
    .updateTable('agents')
    .set({ owner_id: ownerId, state, changed_at: now })
    .where('id', '=', agent.id)
    .execute();
  const recordId = context.platform.newId('rec');
  tx.record({
    id: recordId,
    kind: 'agent.state_changed',
    at: now,
    causes: agent.causes,
    agent: agent.id,
    person: ownerId,
    body: { ...body, from: agent.state, to: state, formerOwnerId: agent.owner_id, ownerId },
  });
  await noteSecurityEvent(context, tx, {
    kind: 'session-revoked',
    about: { agent: agent.id },
    reason: 'owner_changed',
    record: recordId,
  });
  tx.afterCommit(() => context.agents.forget(agent.id));
  return recordId;
}
