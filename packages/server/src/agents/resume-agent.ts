import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import type { AgentView } from './agent-view.ts';
import { loadAgent } from './load-agent.ts';
import { agentChangeInput, startAgent } from './move-agent.ts';

/**
 * One that a directory announced is activated by it, once it has a key or is a workload. Throws `person.not_found` while
 * the owner is not active: somebody must answer for it; `agent.key_invalid` while nothing proves it.
 */
export async function resumeAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  const { agentId } = agentChangeInput.parse(input);
  const { state } = await loadAgent(context.store.sql, agentId);
  if (state !== 'registered') return startAgent(context, actor, input, 'resume');
  const { keys, workloads } = await context.agents.get(agentId);
  if (keys.size === 0 && workloads.size === 0) throw new AppError('agent.key_invalid', { detail: 'no key' });
  return startAgent(context, actor, input, 'activate');
}
