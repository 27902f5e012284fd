interface Count {
  times: number;
  /** Epoch milliseconds. */
  since: number;
}

/**
 * How often each of a bounded number of things came in a window of time. Room is made first of those whose window is over,
 * then of the one that came least often: what repeats is not forgotten for what comes in between.
 */
export class WindowCounts {
  readonly #most: number;
  readonly #windowMilliseconds: number;
  /** In the order in which their windows began. */
  readonly #counts = new Map<number, Count>();

  constructor(most: number, windowSeconds: number) {
    this.#most = most;
    this.#windowMilliseconds = windowSeconds * 1000;
  }

  /** Counts one more at this time, and returns how often it came since its window began. */
  add(key: number, at: number): number {
    const known = this.#counts.get(key);
    if (known !== undefined && this.#isRunning(known, at)) {
      known.times += 1;
      return known.times;
    }
    this.#counts.delete(key);
    this.#forgetOver(at);
    if (this.#counts.size >= this.#most) this.#forgetRarest();
    this.#counts.set(key, { times: 1, since: at });
    return 1;
  }

  clear(): void {
    this.#counts.clear();
  }

  #isRunning({ since }: Count, at: number): boolean {
    return at - since <= this.#windowMilliseconds && at >= since;
  }

  #forgetOver(at: number): void {
    for (const [key, count] of this.#counts) {
      if (this.#isRunning(count, at)) return;
      this.#counts.delete(key);
    }
  }

  /** Of those that came equally often, the first. */
  #forgetRarest(): void {
    let [rarest, least] = [Number.NaN, Number.POSITIVE_INFINITY];
    for (const [key, { times }] of this.#counts) {
      if (times >= least) continue;
      [rarest, least] = [key, times];
      if (least === 1) break;
    }
    this.#counts.delete(rarest);
  }
}
