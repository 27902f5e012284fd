/** One row of a line: something that stands on the row before it, such as a delegation on its parent. */
export interface Standing {
  readonly id: string;
  readonly parentId: string | null;
}

/** A line, top first, that stays in memory until it is released. */
export interface HeldLine<Entry> {
  readonly entries: readonly Entry[];
  release(): void;
}

interface Held<Entry> {
  holders: number;
  readonly entry: Entry;
}

/** What live tasks stand on, each in memory once and for as long as one of them does, so that what it has used is counted in one place. */
export class SharedLines<Entry extends Standing> {
  readonly #read: (id: string) => Promise<readonly Entry[]>;
  readonly #held = new Map<string, Held<Entry>>();
  /** For each read under way, what was let go meanwhile: the rows that it sees may be from before. */
  readonly #reads = new Set<Set<string>>();

  readonly #onRelease: (entry: Entry) => void;

  /** `read` gives the whole line, top first, and throws when there is none. */
  constructor(read: (id: string) => Promise<readonly Entry[]>, onRelease: (entry: Entry) => void = () => {}) {
    this.#read = read;
    this.#onRelease = onRelease;
  }

  async hold(id: string): Promise<HeldLine<Entry>> {
    const known = this.#findLine(id);
    if (known !== undefined) return this.#take(known);
    const released = new Set<string>();
    this.#reads.add(released);
    try {
      for (;;) {
        released.clear();
        const read = await this.#read(id);
        const isStale = read.some((entry) => released.has(entry.id) && !this.#held.has(entry.id));
        if (!isStale) return this.#take(read);
      }
    } finally {
      this.#reads.delete(released);
    }
  }

  /** The whole line from memory; undefined when a row of it is not there. */
  #findLine(id: string): readonly Entry[] | undefined {
    const line: Entry[] = [];
    for (let next: string | null = id; next !== null; ) {
      const entry: Entry | undefined = this.#held.get(next)?.entry;
      if (entry === undefined) return undefined;
      line.unshift(entry);
      next = entry.parentId;
    }
    return line;
  }

  #take(line: readonly Entry[]): HeldLine<Entry> {
    const entries = line.map((fresh) => {
      const held = this.#held.get(fresh.id);
      // What is held has counted what was spent since the row was read.
      if (held === undefined) this.#held.set(fresh.id, { holders: 1, entry: fresh });
      else held.holders += 1;
      return held?.entry ?? fresh;
    });
    let isReleased = false;
    return {
      entries,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        for (const { id } of entries) this.#release(id);
      },
    };
  }

  #release(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(id);
    this.#onRelease(held.entry);
    for (const released of this.#reads) released.add(id);
  }
}
