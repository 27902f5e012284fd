import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { AgentView } from './agent-view.ts';
import { haltAgent } from './move-agent.ts';

/**
 * Stops the agent until it is resumed; its tasks end and its calls in flight are cut. Its owner is told in the same
 * transaction when it was somebody else who did it: an administrator, a security event, the product.
 */
export function suspendAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  return haltAgent(context, actor, input, 'suspend', async (tx, { agent }) => {
    if (actor.kind === 'person' && actor.person === agent.owner_id) return;
    await context.approvals.tellPerson(tx, {
      ...{ personId: agent.owner_id, kind: 'agent_paused', subject: agent.name },
      link: `/agents?agent=${agent.id}`,
    });
  });
}
