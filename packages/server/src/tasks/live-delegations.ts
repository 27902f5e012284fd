import { AppError } from '@countersign/api';
import { DEEPEST_DELEGATION } from '@countersign/core';
import { loadDelegation, toChainLink } from '../delegations/index.ts';
import type { Store } from '../plugins/database/database.ts';
import type { LiveDelegation } from './live-task.ts';
import { readUsage } from './read-usage.ts';

/** A chain, root first, that stays in memory until it is released. */
export interface HeldChain {
  readonly delegations: readonly LiveDelegation[];
  release(): void;
}

interface Entry {
  holders: number;
  readonly delegation: Promise<LiveDelegation>;
}

/** The delegations under live tasks, each in memory once and for as long as a task stands on it. */
export class LiveDelegations {
  readonly #store: Pick<Store, 'sql'>;
  readonly #entries = new Map<string, Entry>();

  constructor(store: Pick<Store, 'sql'>) {
    this.#store = store;
  }

  async holdChain(delegationId: string): Promise<HeldChain> {
    const held: string[] = [];
    const delegations: LiveDelegation[] = [];
    const release = (): void => {
      for (const id of held.splice(0)) this.#release(id);
    };
    try {
      for (let next: string | null = delegationId; next !== null; ) {
        if (held.length > DEEPEST_DELEGATION) throw new AppError('delegation.not_active');
        held.push(next);
        const delegation: LiveDelegation = await this.#hold(next);
        delegations.unshift(delegation);
        next = delegation.parentId;
      }
    } catch (thrown) {
      release();
      throw thrown;
    }
    return { delegations, release };
  }

  #hold(id: string): Promise<LiveDelegation> {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      entry.holders += 1;
      return entry.delegation;
    }
    // Entered before it is read: what others spend from now on is counted in here and cannot be missed by the read.
    const delegation = this.#load(id);
    this.#entries.set(id, { holders: 1, delegation });
    return delegation;
  }

  #release(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.holders -= 1;
    if (entry.holders === 0) this.#entries.delete(id);
  }

  async #load(id: string): Promise<LiveDelegation> {
    const row = await loadDelegation(this.#store.sql, id);
    const link = toChainLink(row);
    const used = await readUsage(this.#store.sql, id);
    return {
      link,
      parentId: row.parent_id,
      rootPersonId: row.root_person_id,
      counter: { holder: id, limits: link.limits, calls: used.calls, spendMinor: used.spendMinor },
    };
  }
}
