import type { AgentFacts } from './agent-state.ts';

/** Whether the agent's registered key may still be used at `at`: a token ends with the key that asked for it. */
export function isKeyValid(agent: AgentFacts, thumbprint: string, at: number): boolean {
  const validUntil = agent.keys.get(thumbprint);
  return validUntil === null || (validUntil !== undefined && at < validUntil);
}

/** Whether what got a token is still in force: a token ends with the key or workload that asked for it, not only the next ones. */
export function isCredentialValid(
  agent: AgentFacts,
  token: { readonly registeredKey: string | null; readonly workload: string | null },
  at: number,
): boolean {
  if (token.workload !== null && !agent.workloads.has(token.workload)) return false;
  return token.registeredKey === null || isKeyValid(agent, token.registeredKey, at);
}
