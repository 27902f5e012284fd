/** A clock that moves only when it is told to. */
export interface ManualClock {
  /** Epoch milliseconds. */
  now(): number;
  advance(milliseconds: number): void;
  /** Jumps, also backwards, as a corrected machine clock does. */
  set(epochMilliseconds: number): void;
}
export declare function createManualClock(start?: number): ManualClock;
