/** Where something occurs, newest first. */
export interface Postings {
  readonly seqs: readonly number[];
  /** Nothing is left out from here up to where reading began. */
  readonly floor: number;
}

/** Finds records by one thing, in steps whose cost is bounded. Nothing below where it starts is found. */
export interface PostingReader {
  /** The newest before `end`. */
  readBefore(end: number): Promise<Postings>;
  /** All from `from` up to, not including, `end`; undefined when these are more than one step can read. */
  readBetween(from: number, end: number): Promise<ReadonlySet<number> | undefined>;
}

/** What is found by any of several things. */
export class UnionReader implements PostingReader {
  readonly #readers: readonly PostingReader[];
  readonly #start: number;

  constructor(readers: readonly PostingReader[], start: number) {
    this.#readers = readers;
    this.#start = start;
  }

  async readBefore(end: number): Promise<Postings> {
    const found = await Promise.all(this.#readers.map((reader) => reader.readBefore(end)));
    const floor = found.reduce((highest, one) => Math.max(highest, one.floor), this.#start);
    const seqs = new Set(found.flatMap((one) => one.seqs.filter((seq) => seq >= floor)));
    return { seqs: [...seqs].sort((one, other) => other - one), floor };
  }

  async readBetween(from: number, end: number): Promise<ReadonlySet<number> | undefined> {
    const found = await Promise.all(this.#readers.map((reader) => reader.readBetween(from, end)));
    const all = new Set<number>();
    for (const some of found) {
      if (some === undefined) return undefined;
      for (const seq of some) all.add(seq);
    }
    return all;
  }
}

/** A handful that is known already. */
export class KnownReader implements PostingReader {
  readonly #seqs: readonly number[];
  readonly #start: number;

  constructor(seqs: readonly number[], start: number) {
    this.#seqs = seqs.filter((seq) => seq >= start).sort((one, other) => other - one);
    this.#start = start;
  }

  async readBefore(end: number): Promise<Postings> {
    return { seqs: this.#seqs.filter((seq) => seq < end), floor: this.#start };
  }

  async readBetween(from: number, end: number): Promise<ReadonlySet<number>> {
    return new Set(this.#seqs.filter((seq) => seq >= from && seq < end));
  }
}

/** Every record there is. */
export class RangeReader implements PostingReader {
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  async readBefore(end: number): Promise<Postings> {
    const floor = Math.max(this.#start, end - recordsAtOnce);
    return { seqs: Array.from({ length: Math.max(0, end - floor) }, (_, back) => end - 1 - back), floor };
  }

  async readBetween(): Promise<undefined> {
    return undefined;
  }
}

const recordsAtOnce = 512;
