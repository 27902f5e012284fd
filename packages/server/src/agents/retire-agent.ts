import type { Context } from '../context.ts';
import { revokeDelegationsTo } from '../delegations/index.ts';
import type { Actor } from '../people/index.ts';
import type { AgentView } from './agent-view.ts';
import { haltAgent } from './move-agent.ts';

/** For good: its delegations are revoked too. Its name and keys are never given to another. */
export function retireAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  return haltAgent(context, actor, input, 'retire', (tx, { agent, by, recordId }) =>
    revokeDelegationsTo(context, tx, { agentId: agent.id, by, causes: [recordId] }),
  );
}
