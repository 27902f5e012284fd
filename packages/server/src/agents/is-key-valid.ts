import type { AgentFacts } from './agent-state.ts';

/** Whether the agent's registered key may still be used at `at`: a token ends with the key that asked for it. */
export function isKeyValid(agent: AgentFacts, thumbprint: string, at: number): boolean {
  const validUntil = agent.keys.get(thumbprint);
  return validUntil === null || (validUntil !== undefined && at < validUntil);
}
