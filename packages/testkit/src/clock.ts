/** A clock that moves only when it is told to. */
export interface ManualClock {
  /** Epoch milliseconds. */
  now(): number;
  advance(milliseconds: number): void;
  /** Jumps, also backwards, as a corrected machine clock does. */
  set(epochMilliseconds: number): void;
}

export function createManualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let at = start;
  return {
    now: () => at,
    advance(milliseconds) {
      at += milliseconds;
    },
    set(epochMilliseconds) {
      at = epochMilliseconds;
    },
  };
}
