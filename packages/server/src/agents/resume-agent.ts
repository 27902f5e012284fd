import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { AgentView } from './agent-view.ts';
import { startAgent } from './move-agent.ts';

/** Throws `person.not_found` while the owner is not active: somebody must answer for it. */
export function resumeAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  return startAgent(context, actor, input, 'resume');
}
