import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { AgentView } from './agent-view.ts';
import { haltAgent } from './move-agent.ts';

/** Stops the agent until it is resumed; its tasks end and its calls in flight are cut. */
export function suspendAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  return haltAgent(context, actor, input, 'suspend');
}
