import type { CountEffect } from '../../plugins/database/database.ts';
import type { BoundLimit } from './bundle-limits.ts';
import type { CounterName } from './counter-name.ts';
import type { HeldCounters, LimitCounters } from './limit-counters.ts';
import { LimitReached } from './limit-reached.ts';
import { hasRoom, type LimitSlices } from './limit-slices.ts';
import { type LimitedRequest, listSubjects } from './list-subjects.ts';
import type { LiveCounter } from './live-counter.ts';
import type { SliceNeed } from './slice-rows.ts';
import { SlicedCounter } from './sliced-counter.ts';
import type { Spend } from './today.ts';

/** What one action takes. Rows and bytes are the most that its result may have. */
export interface LimitCharge {
  readonly rows: number;
  readonly bytes: number;
}

/** The counters that one action takes from, in memory and held. */
export interface HeldLimits {
  /** The least that is left of it under any limit; infinite without one. Throws `LimitReached` when nothing is. */
  remaining(unit: 'rows' | 'bytes', at: number): number;
  /**
   * Sees to it that the charge, in rows and bytes the most it may have, has room in what this gateway may count by itself;
   * undefined when it has. Resolves to false when there is no room anywhere. Rejects with `task.held_elsewhere`.
   */
  prepare(charge: LimitCharge, at: number): Promise<boolean> | undefined;
  /** Takes from all of them, or throws `LimitReached` and takes from none. */
  take(charge: LimitCharge, at: number): readonly CountEffect[];
  /** Gives back of what was taken, where the window is the same, and returns what makes that durable. */
  giveBack(taken: readonly CountEffect[], charge: LimitCharge): readonly CountEffect[];
  /** Gives everything back when nothing was decided durably. */
  undo(taken: readonly CountEffect[]): void;
  release(): void;
}

interface HeldLimit {
  readonly counter: LiveCounter;
  /** Infinite: only counted. */
  readonly most: number;
}

/** Holds the counters of the limits, and of what is counted for policies to read. */
export async function holdLimits(
  counters: LimitCounters,
  given: {
    readonly limits: readonly BoundLimit[];
    readonly request: LimitedRequest;
    readonly spend: Spend;
    readonly counted: readonly CounterName[];
  },
): Promise<HeldLimits> {
  const { limits, request, spend, counted } = given;
  const names = limits.flatMap(({ policyId, per, unit, windowSeconds, most }) =>
    listSubjects(per, request).map((subject) => ({
      name: { policyId, per, subject, unit, windowSeconds },
      most,
    })),
  );
  const all = [...names, ...counted.map((name) => ({ name, most: Number.POSITIVE_INFINITY }))];
  const found = counters.hold(all.map(({ name }) => name));
  // Nothing is awaited that need not be: whoever comes first takes first.
  const held = found instanceof Promise ? await found : found;
  const holding = held.counters.map((counter, index) => ({ counter, most: all[index]?.most ?? 0 }));
  return new Holding(held, holding, { spend, slices: counters.slices });
}

class Holding implements HeldLimits {
  readonly #held: HeldCounters;
  readonly #all: readonly HeldLimit[];
  readonly #spend: Spend;
  readonly slices: LimitSlices | undefined;

  constructor(
    held: HeldCounters,
    all: readonly HeldLimit[],
    { spend, slices }: { readonly spend: Spend; readonly slices: LimitSlices | undefined },
  ) {
    this.slices = slices;
    this.#held = held;
    this.#all = all;
    this.#spend = spend;
  }

  remaining(unit: 'rows' | 'bytes', at: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { counter, most } of this.#all) {
      if (counter.name.unit !== unit) continue;
      const left = counter.leftOf(most, at);
      const reason = counter.holders > 1 ? 'set_aside' : 'used_up';
      if (left < 1) throw new LimitReached(counter.name, counter.resetsAt, reason);
      least = Math.min(least, left);
    }
    return least;
  }

  prepare(charge: LimitCharge, at: number): Promise<boolean> | undefined {
    const { slices } = this;
    if (slices === undefined) return undefined;
    const missing = this.#all.flatMap(({ counter, most }) => {
      if (!(counter instanceof SlicedCounter) || most === Number.POSITIVE_INFINITY) return [];
      const wanted = this.#amountOf(counter, charge);
      const need = { most, wanted, least: isOfResult(counter) ? 1 : wanted };
      return hasRoom(counter, need, at) ? [] : [{ counter, need }];
    });
    return missing.length === 0 ? undefined : growAll(slices, missing);
  }

  take(charge: LimitCharge, at: number): readonly CountEffect[] {
    this.#requireCurrency();
    // All are looked at before any is taken from.
    for (const { counter, most } of this.#all) {
      const amount = this.#amountOf(counter, charge);
      const isSafe = Number.isSafeInteger(counter.usedAt(at) + amount);
      if (amount > counter.leftOf(most, at) || !isSafe)
        throw new LimitReached(counter.name, counter.resetsAt);
    }
    return this.#all.map(({ counter }) => counter.add(this.#amountOf(counter, charge), at));
  }

  giveBack(taken: readonly CountEffect[], { rows, bytes }: LimitCharge): readonly CountEffect[] {
    return taken.flatMap((effect, index) => {
      const amount = effect.unit === 'rows' ? rows : effect.unit === 'bytes' ? bytes : 0;
      const counter = this.#all[index]?.counter;
      return amount === 0 || counter === undefined ? [] : [counter.adjust(effect, -amount)];
    });
  }

  undo(taken: readonly CountEffect[]): void {
    for (const [index, effect] of taken.entries()) this.#all[index]?.counter.adjust(effect, -effect.amount);
  }

  release(): void {
    this.#held.release();
  }

  /** What is limited in one currency may not be spent in another that nobody counts. */
  #requireCurrency(): void {
    const { minor, currency } = this.#spend ?? { minor: 0, currency: '' };
    if (minor === 0) return;
    const inMoney = this.#all.filter(({ counter }) => isMoney(counter));
    const counted = new Set(
      inMoney.flatMap(({ counter: { name } }) => (name.unit === currency ? [name.policyId] : [])),
    );
    const other = inMoney.find(({ counter }) => !counted.has(counter.name.policyId));
    if (other !== undefined) throw new LimitReached(other.counter.name, null, 'other_currency');
  }

  #amountOf({ name }: LiveCounter, charge: LimitCharge): number {
    if (name.unit === 'calls') return 1;
    if (name.unit === 'rows') return charge.rows;
    if (name.unit === 'bytes') return charge.bytes;
    return this.#spend?.currency === name.unit ? this.#spend.minor : 0;
  }
}

async function growAll(
  slices: LimitSlices,
  missing: readonly { readonly counter: SlicedCounter; readonly need: SliceNeed }[],
): Promise<boolean> {
  for (const { counter, need } of missing) if (!(await slices.grow(counter, need))) return false;
  return true;
}

function isOfResult({ name }: LiveCounter): boolean {
  return name.unit === 'rows' || name.unit === 'bytes';
}

function isMoney({ name }: LiveCounter): boolean {
  return /^[A-Z]{3}$/.test(name.unit);
}
