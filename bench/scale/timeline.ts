interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Simulated time: what is planned happens in order of its moment, and of planning where moments are equal. */
export class Timeline {
  readonly #heap: Planned[] = [];
  #planned = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, happen: () => void): void {
    const planned = { atMs: this.#nowMs + delayMs, order: this.#planned++, happen };
    let place = this.#heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, planned)) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = planned;
  }

  /** Lets happen what is planned before `endMs`; the rest stays planned. */
  runUntil(endMs: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.atMs < endMs; first = this.#heap[0]) {
      this.#removeFirst();
      this.#nowMs = first.atMs;
      first.happen();
    }
    this.#nowMs = endMs;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    const size = this.#heap.length;
    if (last === undefined || size === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= size) break;
      const [a, b] = [this.#heap[left], this.#heap[left + 1]];
      const child = a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left;
      const below = this.#heap[child];
      if (below === undefined || isBefore(last, below)) break;
      this.#heap[place] = below;
      place = child;
    }
    this.#heap[place] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
