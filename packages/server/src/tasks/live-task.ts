import { AppError } from '@countersign/api';
import { type Budget, type Limits, remainingBudget, reserveBudget } from '@countersign/core';
import type { UsageEffect } from '../plugins/database/database.ts';
import type { Charge, HeldLink, LeasedTask, Spending } from './leased-task.ts';
import { ModelTrail } from './model-trail.ts';
import type { TaskHistory } from './task-history.ts';

/** What a task or delegation has used, shared by all that spend from it. */
export interface Counter {
  readonly holder: string;
  readonly limits: Pick<Limits, 'calls' | 'spendMinor' | 'rows' | 'bytes'>;
  calls: number;
  spendMinor: number;
  rows: number;
  bytes: number;
}

/** A delegation that live tasks stand on; one object for all of them, so that they cannot overdraw it together. */
export interface LiveDelegation {
  readonly id: string;
  readonly parentId: string | null;
  readonly link: HeldLink;
  readonly counter: Counter;
}

/** A task, as something that it and those that work for it spend from. */
export interface LiveParent {
  readonly id: string;
  readonly parentId: string | null;
  readonly counter: Counter;
  /** That of the first task of the line counts, for all tasks of it. */
  readonly history: TaskHistory;
}

export type TaskFacts = Omit<
  LeasedTask,
  | 'reserve'
  | 'giveBack'
  | 'remaining'
  | 'usage'
  | 'history'
  | 'models'
  | 'chain'
  | 'chainIds'
  | 'parentIds'
  | 'endedAt'
>;

export class LiveTask implements LeasedTask {
  readonly id: string;
  readonly agentId: string;
  readonly delegationId: string;
  readonly chain: readonly HeldLink[];
  readonly chainIds: readonly string[];
  readonly parentIds: readonly string[];
  readonly limits: Limits;
  readonly ownerId: string;
  readonly rootPersonId: string;
  readonly purpose: string;
  readonly #prompt: string | null;
  readonly openedAt: number;
  readonly openedRecord: string | null;
  readonly expiresAt: number;
  endedAt: number | null;
  readonly history: TaskHistory;
  readonly models = new ModelTrail();
  readonly #own: Counter;
  readonly #counters: readonly Counter[];

  /** `line` ends with the task itself. */
  constructor(
    facts: TaskFacts,
    endedAt: number | null,
    stands: { readonly line: readonly LiveParent[]; readonly chain: readonly LiveDelegation[] },
  ) {
    const own = stands.line.at(-1);
    if (own?.id !== facts.id) throw new Error('a line ends with its own task');
    this.id = facts.id;
    this.agentId = facts.agentId;
    this.delegationId = facts.delegationId;
    this.chain = stands.chain.map((delegation) => delegation.link);
    this.chainIds = stands.chain.map((delegation) => delegation.id);
    this.parentIds = stands.line.slice(0, -1).map((parent) => parent.id);
    this.limits = facts.limits;
    this.ownerId = facts.ownerId;
    this.rootPersonId = facts.rootPersonId;
    this.purpose = facts.purpose;
    this.#prompt = facts.prompt;
    this.openedAt = facts.openedAt;
    this.openedRecord = facts.openedRecord;
    this.expiresAt = facts.expiresAt;
    this.endedAt = endedAt;
    this.history = (stands.line[0] ?? own).history;
    this.#own = own.counter;
    this.#counters = [...stands.line.toReversed(), ...stands.chain].map((one) => one.counter);
  }

  /** That of the first task of a line may be given, or put right, while it is held. */
  get prompt(): string | null {
    return this.parentIds.length === 0 ? (this.history.plan.stored?.prompt ?? this.#prompt) : this.#prompt;
  }

  get usage(): Spending {
    const { calls, spendMinor, rows, bytes } = this.#own;
    return { calls, spendMinor, rows, bytes };
  }

  reserve(charge: Charge): readonly UsageEffect[] {
    // All are looked at before any is taken.
    const fits = this.#counters.every((counter) =>
      units.every((unit) => reserveBudget(readBudget(counter, unit), charge[unit] ?? 0).ok),
    );
    if (!fits) throw new AppError('task.budget_spent');
    return this.#add(charge, 1);
  }

  giveBack(charge: Charge): readonly UsageEffect[] {
    return this.#add(charge, -1);
  }

  /** All that it spends from. */
  get counters(): readonly Counter[] {
    return this.#counters;
  }

  remaining(unit: 'rows' | 'bytes'): number {
    return Math.min(...this.#counters.map((counter) => remainingBudget(readBudget(counter, unit))));
  }

  #add(charge: Charge, sign: 1 | -1): readonly UsageEffect[] {
    const [calls, spendMinor, rows, bytes] = units.map((unit) =>
      sign === 1 ? (charge[unit] ?? 0) : 0 - (charge[unit] ?? 0),
    ) as Amounts;
    return this.#counters.map((counter) => {
      counter.calls += calls;
      counter.spendMinor += spendMinor;
      counter.rows += rows;
      counter.bytes += bytes;
      return { kind: 'usage', holder: counter.holder, calls, spendMinor, rows, bytes };
    });
  }
}

const units = ['calls', 'spendMinor', 'rows', 'bytes'] as const;
type Amounts = [number, number, number, number];

// What a decision spends is spent at once, and what a result may bring is counted as if it had: nothing stays set aside.
function readBudget(counter: Counter, unit: (typeof units)[number]): Budget {
  return { limit: counter.limits[unit] ?? null, used: counter[unit], reserved: 0 };
}
