/**
 * A map that lets go of what was not asked for lately. Reading only marks an entry; the order changes when room is
 * needed. (Moving a key to the end of a `Map` at every read makes each read walk the holes of all earlier ones.)
 */
export class RecentMap<Value> {
  readonly #capacity: number;
  readonly #mayDrop: (key: string, value: Value) => boolean;
  readonly #entries = new Map<string, { readonly value: Value; used: boolean }>();

  /** More than `capacity` entries are held only while none of them may be dropped. */
  constructor(capacity: number, mayDrop: (key: string, value: Value) => boolean = () => true) {
    this.#capacity = capacity;
    this.#mayDrop = mayDrop;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.value;
  }

  /** Adds an entry, and returns those dropped for it. */
  add(key: string, value: Value): readonly Value[] {
    this.#entries.delete(key);
    const dropped = this.#makeRoom();
    this.#entries.set(key, { value, used: false });
    return dropped;
  }

  delete(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    return entry?.value;
  }

  clear(): void {
    this.#entries.clear();
  }

  *values(): Iterable<Value> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** An entry used since the last time round goes to the end of the line once more (second chance). */
  #makeRoom(): readonly Value[] {
    const dropped: Value[] = [];
    let tries = 2 * this.#entries.size;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size < this.#capacity || tries === 0) break;
      tries -= 1;
      this.#entries.delete(key);
      if (entry.used || !this.#mayDrop(key, entry.value)) this.#entries.set(key, { ...entry, used: false });
      else dropped.push(entry.value);
    }
    return dropped;
  }
}
