import { type AgentId, type ChainLink, checkChain } from '@countersign/core';
import type { LeasedTask } from './leased-task.ts';

interface Proof {
  readonly holder: string;
  /** Epoch milliseconds: the first link to end. */
  readonly until: number;
}

const proofs = new WeakMap<readonly ChainLink[], Proof>();

/**
 * Whether authority flows unbroken from a person to the task's agent now. The links of a held task never change, so their
 * attenuation is proven once and only time is looked at again; a link that is revoked ends the task.
 */
export function isChainInForce(task: Pick<LeasedTask, 'agentId' | 'chain'>, now: number): boolean {
  const known = proofs.get(task.chain);
  // Written so that a time that is not a number counts as over.
  if (known?.holder === task.agentId) return now < known.until;
  const checked = checkChain({ holder: task.agentId as AgentId, links: task.chain }, now);
  if (!checked.valid) return false;
  proofs.set(task.chain, { holder: task.agentId, until: checked.limits.expiresAt });
  return true;
}
