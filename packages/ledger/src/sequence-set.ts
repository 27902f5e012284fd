interface Run {
  start: number;
  end: number;
}

const maximumRuns = 10_000;

/** A set of whole numbers that mostly come in order: memory grows with the breaks in the order, up to 10,000 of them. */
export class SequenceSet {
  /** Sorted, disjoint, not touching; `end` is exclusive. */
  readonly #runs: Run[] = [];
  #last: Run | undefined;

  /** Adds a number; false when it was there already. Throws RangeError when the order is broken too often. */
  add(value: number): boolean {
    const last = this.#last;
    if (last !== undefined && value === last.end && !this.#startsAt(value)) {
      last.end += 1;
      return true;
    }
    return this.#insert(value);
  }

  /** The numbers from start to end (exclusive) that are not in the set, as runs. */
  *missing(start: number, end: number): Generator<{ start: number; end: number }> {
    let next = start;
    for (const run of this.#runs) {
      if (run.end <= next) continue;
      if (run.start >= end) break;
      if (run.start > next) yield { start: next, end: run.start };
      next = run.end;
    }
    if (next < end) yield { start: next, end };
  }

  #insert(value: number): boolean {
    const position = this.#find(value);
    const before = this.#runs[position - 1];
    if (before !== undefined && value < before.end) return false;
    const after = this.#runs[position];
    if (before?.end === value) {
      before.end = after?.start === value + 1 ? after.end : value + 1;
      if (after?.start === value + 1) this.#runs.splice(position, 1);
      this.#last = before;
    } else if (after?.start === value + 1) {
      after.start = value;
      this.#last = after;
    } else {
      if (this.#runs.length >= maximumRuns) throw new RangeError('the order is broken too often');
      this.#last = { start: value, end: value + 1 };
      this.#runs.splice(position, 0, this.#last);
    }
    return true;
  }

  /** Position of the first run that starts after the value. */
  #find(value: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#runs[middle] as Run).start <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a run starts right here or would touch when the last one grows: then the slow way merges them. */
  #startsAt(value: number): boolean {
    if (this.#last === this.#runs.at(-1)) return false;
    const after = this.#runs[this.#find(value - 1)];
    return after !== undefined && after.start <= value + 1;
  }
}
