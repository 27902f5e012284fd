import { shrinkSlice } from '@countersign/core';
import type { Spending } from '../leased-task.ts';
import type { Counter } from '../live-task.ts';

export const sliceUnits = ['calls', 'spendMinor', 'rows', 'bytes'] as const;
export type SliceUnit = (typeof sliceUnits)[number];
export type Granted = Record<SliceUnit, number>;

/** What this gateway may spend of a delegation, and has: to those who spend it is a budget like any other. */
export class SliceCounter implements Counter {
  readonly holder: string;
  /** Of the delegation as a whole. */
  readonly most: Counter['limits'];
  calls = 0;
  spendMinor = 0;
  rows = 0;
  bytes = 0;
  readonly granted: Granted = { calls: 0, spendMinor: 0, rows: 0, bytes: 0 };
  /** Units of which nobody had more when it was asked last. */
  readonly whole = new Set<SliceUnit>();
  /** What the database says of it is as it is here. */
  isKnown = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(holder: string, most: Counter['limits']) {
    this.holder = holder;
    this.most = most;
  }

  /** What was granted, of all that is limited. */
  get limits(): Counter['limits'] {
    const { calls, spendMinor, rows, bytes } = this.granted;
    const of = (unit: SliceUnit, granted: number): number | null =>
      this.most[unit] == null ? null : granted;
    return {
      calls: of('calls', calls),
      spendMinor: of('spendMinor', spendMinor),
      rows: of('rows', rows),
      bytes: of('bytes', bytes),
    };
  }

  get isLimited(): boolean {
    return sliceUnits.some((unit) => this.most[unit] != null);
  }

  /** The units, with what is needed of each: calls and money in full, of what a result may bring as much as there is. */
  listMissing(
    charge: Partial<Spending>,
  ): readonly (readonly [SliceUnit, { least: number; wanted: number }])[] {
    return sliceUnits.flatMap((unit) => {
      const need = charge[unit] ?? 0;
      if (this.most[unit] == null || need === 0) return [];
      const left = this.granted[unit] - this[unit];
      const isBound = unit === 'calls' || unit === 'spendMinor';
      const least = isBound ? need : 1;
      if (left >= need || (left >= least && this.whole.has(unit))) return [];
      return [[unit, { least, wanted: need }] as const];
    });
  }

  /** Takes from the slice what it has not used. Returns whether there was anything. */
  shrink(): boolean {
    this.whole.clear();
    let isSmaller = false;
    for (const unit of sliceUnits) {
      const kept = shrinkSlice({ granted: this.granted[unit], used: this[unit] });
      isSmaller ||= kept < this.granted[unit];
      this.granted[unit] = kept;
    }
    return isSmaller;
  }

  /** One change of what the database says of it at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
