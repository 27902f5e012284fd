import { AppError } from '@countersign/api';
import { z } from 'zod';
import { loadAgent, requireOwner } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { readWorkingHours, type WorkingHours, workingHours } from './working-hours.ts';

export const setWorkingHoursInput = z.strictObject({
  agentId: idSchema('agt'),
  /** Null: learned from what it does. */
  hours: workingHours.nullable(),
});

/** Says when the agent is meant to work. It is told apart what it does at other hours; nothing is refused for it. */
export async function setWorkingHours(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<{ readonly hours: WorkingHours | null }> {
  requirePermission(actor, 'agents.change');
  const { agentId, hours } = setWorkingHoursInput.parse(input);
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    if (agent.state === 'retired') throw new AppError('agent.transition_refused');
    const text = hours === null ? null : JSON.stringify(hours);
    await tx.sql.updateTable('agents').set({ working_hours: text }).where('id', '=', agentId).execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'agent.hours_set', at: context.platform.now() },
      ...{ causes: agent.causes, agent: agentId, person: agent.owner_id },
      body: { by: nameActor(actor), before: readWorkingHours(agent.working_hours), hours },
    });
    return { hours };
  });
}
