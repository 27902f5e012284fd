import type { AgentState as AgentLifecycle } from '@countersign/core';
import type { AgentPlaces } from './agent-places.ts';

/** What the path needs to know of an agent. */
export interface AgentFacts {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** What the owner is: the product's roles, and the house's own. */
  readonly ownerRoles: readonly string[];
  /** Names that policies know it by together with others. */
  readonly groups: readonly string[];
  readonly purpose: string;
  readonly environment: string;
  /** The state in effect: an active agent whose owner is not active is `suspended`. */
  readonly state: AgentLifecycle;
  /** By thumbprint: epoch milliseconds from which the key is no longer valid, null while it is current. */
  readonly keys: ReadonlyMap<string, number | null>;
  /** Ids of the workload identities in force. */
  readonly workloads: ReadonlySet<string>;
}

/** Cached facts; a verb that changes an agent, its keys or its owner calls `forget…` after its commit. */
export interface AgentState {
  /** Where agents are used from. */
  readonly places: AgentPlaces;
  /** Never older than the last `forget` before the call. Throws `agent.not_found`. */
  get(agentId: string): Promise<AgentFacts>;
  /** What a person is who answers for no agent of a chain; from memory where it can be. None for who is not there. */
  getRoles(personId: string): Promise<readonly string[]>;
  forget(agentId: string): void;
  /** For everything that changes a person: their agents' state in effect and their roles depend on it. */
  forgetOwner(personId: string): void;
  /** For when nobody knows who changed. */
  forgetAll(): void;
}
