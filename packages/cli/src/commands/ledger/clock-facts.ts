export interface ClockFacts {
  /** Epoch milliseconds; null when the clock is believed. */
  readonly jumpedAt: number | null;
}
