const idsPerSet = 8_000_000;

/** A set of strings beyond the 16.7 million that one `Set` can hold. Takes about 100 bytes an id. */
export class IdSet {
  readonly #sets: Set<string>[] = [new Set()];

  has(id: string): boolean {
    return this.#sets.some((set) => set.has(id));
  }

  /** Adds an id; false when it was there already. */
  add(id: string, capacity = idsPerSet): boolean {
    if (this.has(id)) return false;
    let last = this.#sets.at(-1) as Set<string>;
    if (last.size >= capacity) {
      last = new Set();
      this.#sets.push(last);
    }
    last.add(id);
    return true;
  }
}
