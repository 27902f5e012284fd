import type { AgentId, AgentState as Lifecycle } from '@countersign/core';

/** What the path needs to know of an agent. */
export interface AgentFacts {
  readonly id: AgentId;
  readonly name: string;
  readonly ownerId: string;
  readonly purpose: string;
  readonly environment: string;
  readonly state: Lifecycle;
}

/** Cached facts; a verb that changes an agent calls `forget` after its commit. */
export interface AgentState {
  /** Throws `agent.not_found`. */
  get(agentId: string): Promise<AgentFacts>;
  forget(agentId: string): void;
}
