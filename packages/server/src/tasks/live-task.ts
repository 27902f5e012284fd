import { AppError } from '@countersign/api';
import { type Budget, type ChainLink, type Limits, reserveBudget } from '@countersign/core';
import type { AppendEffect } from '../plugins/database/database.ts';
import type { LeasedTask, Spending } from './leased-task.ts';

/** What a task or delegation has used, shared by all that spend from it. */
export interface Counter {
  readonly holder: string;
  readonly limits: Pick<Limits, 'calls' | 'spendMinor'>;
  calls: number;
  spendMinor: number;
}

/** A delegation that live tasks stand on; one object for all of them, so that they cannot overdraw it together. */
export interface LiveDelegation {
  readonly link: ChainLink;
  readonly parentId: string | null;
  readonly rootPersonId: string;
  readonly counter: Counter;
}

export type TaskFacts = Omit<LeasedTask, 'reserve' | 'giveBack' | 'usage' | 'chain' | 'chainIds' | 'endedAt'>;

export class LiveTask implements LeasedTask {
  readonly id: string;
  readonly agentId: string;
  readonly delegationId: string;
  readonly chain: readonly ChainLink[];
  readonly chainIds: readonly string[];
  readonly limits: Limits;
  readonly ownerId: string;
  readonly rootPersonId: string;
  readonly purpose: string;
  readonly prompt: string | null;
  readonly openedAt: number;
  readonly openedRecord: string | null;
  readonly expiresAt: number;
  endedAt: number | null;
  readonly #own: Counter;
  readonly #counters: readonly Counter[];

  constructor(
    facts: TaskFacts,
    endedAt: number | null,
    used: Spending,
    delegations: readonly LiveDelegation[],
  ) {
    this.id = facts.id;
    this.agentId = facts.agentId;
    this.delegationId = facts.delegationId;
    this.chain = delegations.map((delegation) => delegation.link);
    this.chainIds = delegations.map((delegation) => delegation.link.id);
    this.limits = facts.limits;
    this.ownerId = facts.ownerId;
    this.rootPersonId = facts.rootPersonId;
    this.purpose = facts.purpose;
    this.prompt = facts.prompt;
    this.openedAt = facts.openedAt;
    this.openedRecord = facts.openedRecord;
    this.expiresAt = facts.expiresAt;
    this.endedAt = endedAt;
    this.#own = { holder: facts.id, limits: facts.limits, calls: used.calls, spendMinor: used.spendMinor };
    this.#counters = [this.#own, ...delegations.map((delegation) => delegation.counter)];
  }

  get usage(): Spending {
    return { calls: this.#own.calls, spendMinor: this.#own.spendMinor };
  }

  reserve(spending: Spending): readonly AppendEffect[] {
    const { calls, spendMinor } = spending;
    // All are looked at before any is taken.
    const fits = this.#counters.every(
      (counter) =>
        reserveBudget(readCallBudget(counter), calls).ok &&
        reserveBudget(readSpendBudget(counter), spendMinor).ok,
    );
    if (!fits) throw new AppError('task.budget_spent');
    return this.#counters.map((counter) => {
      counter.calls += calls;
      counter.spendMinor += spendMinor;
      return { kind: 'usage', holder: counter.holder, calls, spendMinor };
    });
  }

  giveBack({ calls, spendMinor }: Spending): void {
    for (const counter of this.#counters) {
      counter.calls -= calls;
      counter.spendMinor -= spendMinor;
    }
  }
}

// What a decision spends is spent at once: nothing stays set aside.
function readCallBudget(counter: Counter): Budget {
  return { limit: counter.limits.calls, used: counter.calls, reserved: 0 };
}

function readSpendBudget(counter: Counter): Budget {
  return { limit: counter.limits.spendMinor, used: counter.spendMinor, reserved: 0 };
}
