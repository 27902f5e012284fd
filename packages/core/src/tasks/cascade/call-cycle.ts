const LONGEST = 4;

interface Run {
  calls: number;
  /** When it began, epoch milliseconds. */
  since: number;
}

/** Finds the same two, three or four calls one after the other, round after round. */
export class CallCycle {
  readonly #windowMilliseconds: number;
  /** The last calls, the newest first. */
  readonly #last: number[] = [];
  readonly #runs: Run[] = [];

  constructor(windowSeconds: number) {
    this.#windowMilliseconds = windowSeconds * 1000;
  }

  /** The most rounds that end with this call and began in the window; 1 for a call that repeats nothing. */
  add(hash: number, at: number): number {
    let rounds = 1;
    for (let length = 2; length <= LONGEST; length += 1) {
      const run = this.#runs[length] ?? { calls: 0, since: at };
      this.#runs[length] = run;
      // Of one and the same call the number of times is counted elsewhere.
      const isSame =
        this.#last[length - 1] === hash && this.#last.slice(0, length).some((one) => one !== hash);
      if (!isSame || at - run.since > this.#windowMilliseconds) {
        run.calls = isSame ? 1 : 0;
        run.since = at;
      } else run.calls += 1;
      rounds = Math.max(rounds, 1 + Math.floor(run.calls / length));
    }
    this.#last.unshift(hash);
    this.#last.length = Math.min(this.#last.length, LONGEST);
    return rounds;
  }

  clear(): void {
    this.#last.length = 0;
    this.#runs.length = 0;
  }
}
