import { setTimeout as sleep } from 'node:timers/promises';
import { RecentMap } from '../../platform/recent-map.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { Charge } from '../leased-task.ts';
import { refuseElsewhere } from '../leases/line-leases.ts';
import type { Counter } from '../live-task.ts';
import { SliceCounter, sliceUnits } from './slice-counter.ts';
import { growRow, writeGranted } from './slice-rows.ts';

export interface BudgetSliceParts {
  readonly store: Pick<Store, 'seat' | 'transaction'>;
  /** Asks the others to give back what they have not used of it. */
  ask(holder: string): void;
}

const patienceMs = 1_500;
const pollMs = 20;
const askEveryMs = 200;
const mostResting = 10_000;

/**
 * What this gateway may spend of delegations that others spend, too: reserved in the database, spent from memory, and given back
 * when another gateway asks.
 */
export class BudgetSlices {
  readonly #parts: BudgetSliceParts;
  readonly #working = new Map<string, SliceCounter>();
  /** Of delegations that no task here stands on at the moment. */
  readonly #resting = new RecentMap<SliceCounter>(mostResting);

  constructor(parts: BudgetSliceParts) {
    this.#parts = parts;
  }

  /** The one counter of this delegation, for as long as anybody here spends from it. */
  counterOf(holder: string, most: Counter['limits']): Counter {
    const known = this.#working.get(holder) ?? this.#resting.delete(holder);
    const counter = known ?? new SliceCounter(holder, most);
    this.#working.set(holder, counter);
    return counter;
  }

  /** Nobody spends from it for now. */
  rest(holder: string): void {
    const counter = this.#working.get(holder);
    this.#working.delete(holder);
    if (counter === undefined) return;
    for (const dropped of this.#resting.add(holder, counter)) void this.#give(dropped);
  }

  /**
   * Sees to it that this charge has room here; undefined when it has already. Resolves to false when there is no room
   * anywhere. Rejects with `task.held_elsewhere` when others have what is needed and do not give it back.
   */
  prepare(counters: readonly Counter[], charge: Charge): Promise<boolean> | undefined {
    const sliced = counters.filter((counter) => counter instanceof SliceCounter);
    const missing = sliced.filter((counter) => counter.listMissing(charge).length > 0);
    return missing.length === 0 ? undefined : this.#prepare(missing, charge);
  }

  /** Another gateway needs some of it. */
  give(holder: string): void {
    const counter = this.#working.get(holder) ?? this.#resting.get(holder);
    if (counter !== undefined) void this.#give(counter);
  }

  async #prepare(missing: readonly SliceCounter[], charge: Charge): Promise<boolean> {
    for (const counter of missing) if (!(await this.#grow(counter, charge))) return false;
    return true;
  }

  async #grow(counter: SliceCounter, charge: Charge): Promise<boolean> {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const missing = await counter.inTurn(() => this.#growOnce(counter, charge));
      if (missing === 'nothing') return true;
      if (missing === 'all') return false;
      if (waitedMs >= patienceMs) throw refuseElsewhere();
      if (waitedMs % askEveryMs < pollMs) this.#parts.ask(counter.holder);
      await sleep(pollMs);
    }
  }

  /** `nothing` is missing any more, or `some` that others have, or `all`: nobody has it. */
  async #growOnce(counter: SliceCounter, charge: Charge): Promise<'nothing' | 'some' | 'all'> {
    const missing = counter.listMissing(charge);
    if (missing.length === 0) return 'nothing';
    const { store } = this.#parts;
    const grown = await store.transaction((tx) => growRow(tx, counter, store.seat.holder, missing));
    for (const unit of sliceUnits) {
      if (!counter.isKnown && counter.most[unit] != null) counter[unit] += grown.used[unit];
      counter.granted[unit] = grown.granted[unit];
    }
    counter.isKnown = true;
    const still = counter.listMissing(charge);
    if (still.length === 0) return 'nothing';
    if (still.some(([unit]) => grown.unspent.has(unit))) return 'some';
    for (const [unit] of still) counter.whole.add(unit);
    return counter.listMissing(charge).length === 0 ? 'nothing' : 'all';
  }

  async #give(counter: SliceCounter): Promise<void> {
    const { store } = this.#parts;
    await counter
      .inTurn(async () => {
        if (!counter.shrink()) return;
        await store.transaction((tx) => writeGranted(tx, counter.holder, store.seat.holder, counter.granted));
      })
      // It is not spent here any more; what the database says is put right with the next grant, or when this gateway ends.
      .catch(() => {});
  }
}
