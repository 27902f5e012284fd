import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { describeCut } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { changeReason } from './agent-schema.ts';
import { loadAgent } from './load-agent.ts';
import { requireOwner } from './require-owner.ts';
import { listWorkloads, type WorkloadView } from './workload-view.ts';

export const removeAgentWorkloadInput = z.strictObject({
  agentId: idSchema('agt'),
  workloadId: idSchema('wid'),
  reason: changeReason.optional(),
});

/**
 * The workload is the agent no longer: the agent's tasks end, because their tokens may come from it. A second time nothing
 * changes. Throws `agent.workload_not_found`.
 */
export async function removeAgentWorkload(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<readonly WorkloadView[]> {
  requirePermission(actor, 'agents.change');
  const { agentId, workloadId, reason } = removeAgentWorkloadInput.parse(input);
  const agent = await loadAgent(context.store.sql, agentId);
  requireOwner(actor, agent.owner_id);
  const hold = context.stops.hold('agent', agentId, new AppError('agent.not_active'));
  try {
    return await context.store.transaction(async (tx) => {
      const held = await listWorkloads(tx.sql, agentId);
      const workload = held.find(({ id }) => id === workloadId);
      if (workload === undefined) throw new AppError('agent.workload_not_found');
      if (workload.removedAt !== null) return held;
      const now = context.platform.now();
      await tx.sql
        .updateTable('agent_workloads')
        .set({ removed_at: now })
        .where('id', '=', workloadId)
        .execute();
      const recordId = context.platform.newId('rec');
      const by = nameActor(actor);
      tx.record({
        id: recordId,
        kind: 'agent.workload_removed',
        at: now,
        causes: agent.causes,
        agent: agentId,
        person: agent.owner_id,
        body: {
          by,
          workload: workloadId,
          trust: workload.trust,
          subject: workload.subject,
          ...(reason === undefined ? {} : { reason }),
          ...describeCut(hold.cut),
        },
      });
      const closing = { reason: 'agent_stopped', by, causes: [recordId] } as const;
      await context.tasks.close(tx, { under: { agent: agentId }, ...closing });
      tx.afterCommit(() => context.agents.forget(agentId));
      return listWorkloads(tx.sql, agentId);
    });
  } finally {
    hold.release();
  }
}
