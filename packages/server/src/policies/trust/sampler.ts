export interface SamplerParts<Decision> {
  /** Of all decisions, how many are checked: 0 to 1. */
  readonly share: number;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Runs a task once what is being answered has been. */
  readonly defer: (task: () => void) => void;
  /** Asks both engines. What it throws counts as a failed check, not as a disagreement. */
  readonly check: (decision: Decision) => void;
  readonly onError: (error: unknown) => void;
}

export interface Sampler<Decision> {
  /** Takes no time for a decision that is not in the sample, and next to none for one that is. */
  offer(decision: Decision): void;
  readonly checked: number;
  /** Those that came while too many waited. */
  readonly dropped: number;
}

const MOST_WAITING = 64;

/** Has a share of the decisions checked, one at a time, after their answers have left. */
export function createSampler<Decision>(parts: SamplerParts<Decision>): Sampler<Decision> {
  const { share, random, defer, check, onError } = parts;
  const waiting: Decision[] = [];
  let [checked, dropped] = [0, 0];
  let isRunning = false;
  // How many go by is drawn anew each time: nobody can count the calls that go unchecked.
  const drawGap = (): number => {
    if (share <= 0) return Number.POSITIVE_INFINITY;
    if (share >= 1) return 0;
    return Math.floor(Math.log(1 - random()) / Math.log(1 - share));
  };
  let gap = drawGap();

  const runNext = (): void => {
    const next = waiting.shift();
    if (next === undefined) {
      isRunning = false;
      return;
    }
    checked += 1;
    try {
      check(next);
    } catch (error) {
      onError(error);
    }
    defer(runNext);
  };

  return {
    offer: (decision) => {
      if (gap > 0) {
        gap -= 1;
        return;
      }
      gap = drawGap();
      if (waiting.length >= MOST_WAITING) {
        dropped += 1;
        return;
      }
      waiting.push(decision);
      if (isRunning) return;
      isRunning = true;
      defer(runNext);
    },
    get checked() {
      return checked;
    },
    get dropped() {
      return dropped;
    },
  };
}
