import { startOfWindow } from '@countersign/core';
import type { CountEffect } from '../../plugins/database/database.ts';
import type { CounterName } from './counter-name.ts';

/** What one subject has used in the newest window; the one place where it is counted, so that no two callers overdraw it together. */
export class LiveCounter {
  readonly name: CounterName;
  /** Actions that have taken from it and whose writes are under way. */
  holders = 0;
  #startsAt: number;
  #used: number;

  constructor(name: CounterName, stored: { readonly startsAt: number; readonly used: number }) {
    this.name = name;
    this.#startsAt = stored.startsAt;
    this.#used = stored.used;
  }

  /** Used in the window of `at` (epoch milliseconds), or in a later one that was counted in before the clock was set back. */
  usedAt(at: number): number {
    const startsAt = startOfWindow(this.name.windowSeconds, at);
    if (startsAt > this.#startsAt) {
      this.#startsAt = startsAt;
      this.#used = 0;
    }
    return this.#used;
  }

  /** What may still be counted under a limit of so much. */
  leftOf(most: number, at: number): number {
    return most - this.usedAt(at);
  }

  /** When the newest window ends, in epoch milliseconds; null when it never does. */
  get resetsAt(): number | null {
    const { windowSeconds } = this.name;
    return windowSeconds === 0 ? null : this.#startsAt + windowSeconds * 1000;
  }

  /** Counts, and returns what makes it durable. Whether there is room is for the caller to ask before, in the same turn. */
  add(amount: number, at: number): CountEffect {
    this.usedAt(at);
    this.#used += amount;
    return { kind: 'count', ...this.name, startsAt: this.#startsAt, amount };
  }

  /** Changes what was counted earlier; nothing when its window is over. */
  adjust(earlier: CountEffect, amount: number): CountEffect {
    if (earlier.startsAt === this.#startsAt) this.#used += amount;
    return { ...earlier, amount };
  }
}
