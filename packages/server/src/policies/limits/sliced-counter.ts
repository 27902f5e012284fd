import { createHash } from 'node:crypto';
import { shrinkSlice, startOfWindow } from '@countersign/core';
import type { CountEffect } from '../../plugins/database/database.ts';
import { type CounterName, writeCounterName } from './counter-name.ts';
import { LiveCounter } from './live-counter.ts';

/** What the database says of a counter, in its newest window. */
export interface CountedWindow {
  readonly startsAt: number;
  /** Counted by gateways that have no slice any more. */
  readonly spent: number;
  /** Granted to the others, used or not. */
  readonly elsewhere: number;
  /** Counted by the others. */
  readonly usedElsewhere: number;
  readonly granted: number;
  readonly used: number;
  /** How much later it is there than here, in milliseconds. */
  readonly offset: number;
}

/** The part of a counter that this gateway may count by itself. Windows are those of the database's clock. */
export class SlicedCounter extends LiveCounter {
  /** What other gateways call it when they want some of it. */
  readonly subject: string;
  /** What the slice was when nobody else had any more of it. */
  isWhole = false;
  #startsAt = -1;
  #used = 0;
  #granted = 0;
  #elsewhere = 0;
  #usedElsewhere = 0;
  #offset = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: CounterName) {
    super(name, { startsAt: 0, used: 0 });
    this.subject = `lim_${createHash('sha256').update(writeCounterName(name)).digest('hex').slice(0, 40)}`;
  }

  override usedAt(at: number): number {
    return this.#isOver(at) ? 0 : this.#used + this.#usedElsewhere;
  }

  override leftOf(most: number, at: number): number {
    if (most === Number.POSITIVE_INFINITY) return most;
    if (this.#isOver(at)) return 0;
    return Math.min(this.#granted - this.#used, most - this.#elsewhere - this.#used);
  }

  override get resetsAt(): number | null {
    const { windowSeconds } = this.name;
    return windowSeconds === 0 ? null : this.#startsAt - this.#offset + windowSeconds * 1000;
  }

  override add(amount: number, at: number): CountEffect {
    // What is only counted needs nobody's leave.
    if (this.#granted === 0 && this.#isOver(at)) {
      this.#startsAt = this.#windowOf(at);
      this.#used = 0;
      this.#usedElsewhere = 0;
    }
    this.#used += amount;
    return { kind: 'count', ...this.name, startsAt: this.#startsAt, amount };
  }

  override adjust(earlier: CountEffect, amount: number): CountEffect {
    if (earlier.startsAt === this.#startsAt) this.#used += amount;
    return { ...earlier, amount };
  }

  /** What it is here, where the window is the same; what has not been written yet counts. */
  get slice(): { readonly startsAt: number; readonly granted: number; readonly used: number } {
    return { startsAt: this.#startsAt, granted: this.#granted, used: this.#used };
  }

  /** Takes over what the database says. */
  learn(counted: CountedWindow): void {
    if (counted.startsAt !== this.#startsAt) this.#used = counted.used;
    this.#startsAt = counted.startsAt;
    this.#granted = counted.granted;
    this.#elsewhere = counted.spent + counted.elsewhere;
    this.#usedElsewhere = counted.spent + counted.usedElsewhere;
    this.#offset = counted.offset;
  }

  /** Takes from the slice what it has not used. Returns whether there was anything. */
  shrink(): boolean {
    const kept = shrinkSlice(this.slice);
    const isSmaller = kept < this.#granted;
    this.#granted = kept;
    this.isWhole = false;
    return isSmaller;
  }

  /** One change of what the database says of it at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #isOver(at: number): boolean {
    return this.#windowOf(at) > this.#startsAt;
  }

  #windowOf(at: number): number {
    return startOfWindow(this.name.windowSeconds, at + this.#offset);
  }
}
