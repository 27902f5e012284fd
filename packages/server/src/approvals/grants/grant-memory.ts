import { type BoundedGrant, readGrant } from '@countersign/core';
import type { StoredApproval } from '../read-approval.ts';

export interface HeldGrant {
  readonly approval: StoredApproval;
  readonly granted: BoundedGrant;
  used: number;
  spentMinor: number;
  /** Places taken by calls on their way, by action. */
  readonly claims: Map<string, { readonly minor: number; readonly at: number }>;
}

/** A call that has not come so far by then never will. */
const claimMilliseconds = 30_000;
export const mostHeldGrants = 20_000;

/** The grants in force, by approval and by agent. */
export class GrantMemory {
  readonly #held = new Map<string, HeldGrant>();
  readonly #byAgent = new Map<string, Set<string>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  find(approvalId: string): HeldGrant | undefined {
    return this.#held.get(approvalId);
  }

  listOf(agentId: string): readonly HeldGrant[] {
    return [...(this.#byAgent.get(agentId) ?? [])].flatMap((id) => this.#held.get(id) ?? []);
  }

  list(): readonly HeldGrant[] {
    return [...this.#held.values()];
  }

  /** What is known of it already is never less used than that. */
  hold(approval: StoredApproval, used: number, spentMinor: number): void {
    const granted = readGrant(approval.signedAction);
    if (granted === undefined) return;
    const before = this.#held.get(approval.id);
    if (before === undefined) this.#sweep();
    this.#held.set(approval.id, {
      ...{ approval, granted, claims: before?.claims ?? new Map() },
      used: Math.max(used, before?.used ?? 0),
      spentMinor: Math.max(spentMinor, before?.spentMinor ?? 0),
    });
    const ids = this.#byAgent.get(approval.agentId) ?? new Set();
    this.#byAgent.set(approval.agentId, ids.add(approval.id));
  }

  drop(approvalId: string): void {
    const agent = this.#held.get(approvalId)?.approval.agentId;
    this.#held.delete(approvalId);
    const ids = agent === undefined ? undefined : this.#byAgent.get(agent);
    ids?.delete(approvalId);
    if (agent !== undefined && ids?.size === 0) this.#byAgent.delete(agent);
  }

  #sweep(): void {
    if (this.#held.size < mostHeldGrants) return;
    const now = this.#now();
    for (const { approval, granted } of this.list())
      if (granted.grant.expiresAt <= now) this.drop(approval.id);
    // Whoever's grant is forgotten is asked again.
    for (const id of [...this.#held.keys()].slice(0, this.#held.size - mostHeldGrants + 1)) this.drop(id);
  }
}

/** Whether one more call, which spends so much, has a place beside those used and on their way. */
export function hasRoom(
  { granted: { grant }, used, spentMinor, claims }: HeldGrant,
  at: number,
  minor: number,
): boolean {
  for (const [action, claim] of claims) if (at - claim.at > claimMilliseconds) claims.delete(action);
  if (used + claims.size >= grant.uses) return false;
  const claimed = [...claims.values()].reduce((sum, claim) => sum + claim.minor, 0);
  return grant.total === null || spentMinor + claimed + minor <= grant.total.minor;
}
