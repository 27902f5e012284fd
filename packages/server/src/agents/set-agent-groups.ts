import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { agentGroups } from './agent-schema.ts';
import { type AgentView, readGroups, showAgent } from './agent-view.ts';
import { loadAgent } from './load-agent.ts';

export const setAgentGroupsInput = z.strictObject({ agentId: idSchema('agt'), groups: agentGroups });

/**
 * Replaces the groups that policies know the agent by; bites on its next call. Only administrators may, because what a
 * policy permits to a group is permitted to whoever is in it. Throws `agent.not_found`, `agent.transition_refused`.
 */
export async function setAgentGroups(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  requirePermission(actor, 'agents.change');
  requireGrouping(actor);
  const { agentId, groups } = setAgentGroupsInput.parse(input);
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    if (agent.state === 'retired') throw new AppError('agent.transition_refused');
    const now = context.platform.now();
    await tx.sql
      .updateTable('agents')
      .set({ group_names: JSON.stringify(groups), changed_at: now })
      .where('id', '=', agentId)
      .execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'agent.groups_set',
      at: now,
      causes: agent.causes,
      agent: agentId,
      person: agent.owner_id,
      body: { by: nameActor(actor), before: readGroups(agent), groups },
    });
    tx.afterCommit(() => context.agents.forget(agentId));
    return showAgent(await loadAgent(tx.sql, agentId));
  });
}

/** Only administrators hold this one: nobody puts an agent of their own where policy allows more. */
export function requireGrouping(actor: Actor): void {
  if (!hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
}
