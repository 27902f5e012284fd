/** Counts the work of one check, so that no schema can make it take long. */
export interface Meter {
  /** Begins a new check with this many units; a unit is about 50 ns. */
  start(units: number): void;
  /** Throws `MeterExceeded` when the check has used up its units. */
  spend(units: number): void;
}

export class MeterExceeded extends Error {
  override readonly name = 'MeterExceeded';
}

/** For code that runs to its end without waiting: one check at a time. */
export function createMeter(): Meter {
  let left = 0;
  return {
    start(units) {
      left = units;
    },
    spend(units) {
      left -= units;
      if (left < 0) throw new MeterExceeded('the check takes too long');
    },
  };
}
