export function createManualClock(start = Date.UTC(2026, 0, 1)) {
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
