interface Count {
  times: number;
  /** Epoch milliseconds. */
  since: number;
}

/** How often each of a bounded number of things came in a window of time; the one that came first is forgotten first. */
export class WindowCounts {
  readonly #most: number;
  readonly #windowMilliseconds: number;
  readonly #counts = new Map<number, Count>();

  constructor(most: number, windowSeconds: number) {
    this.#most = most;
    this.#windowMilliseconds = windowSeconds * 1000;
  }

  /** Counts one more at this time, and returns how often it came since its window began. */
  add(key: number, at: number): number {
    const known = this.#counts.get(key);
    if (known !== undefined && at - known.since <= this.#windowMilliseconds && at >= known.since) {
      known.times += 1;
      return known.times;
    }
    this.#counts.delete(key);
    if (this.#counts.size >= this.#most) {
      const [first] = this.#counts.keys();
      if (first !== undefined) this.#counts.delete(first);
    }
    this.#counts.set(key, { times: 1, since: at });
    return 1;
  }

  clear(): void {
    this.#counts.clear();
  }
}
