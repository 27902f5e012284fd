import type { Change } from './change.ts';

/** Changes that wait, each once and in order; too many of them are one: everything. */
export class ChangeQueue {
  readonly #capacity: number;
  readonly #waiting = new Map<string, Change>();

  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) this.#addOne(change);
  }

  /** Takes up to `most` out, the ones that have waited longest. */
  take(most: number): readonly Change[] {
    const taken = [...this.#waiting].slice(0, most);
    for (const [key] of taken) this.#waiting.delete(key);
    return taken.map(([, change]) => change);
  }

  #addOne(change: Change): void {
    // A request to hand over a task is no state that could be looked up: it is lost, and made again by who needs it.
    if (this.#waiting.has('everything ')) return;
    if (change.kind === 'everything' || this.#waiting.size >= this.#capacity) {
      this.#waiting.clear();
      this.#waiting.set('everything ', { kind: 'everything' });
      return;
    }
    this.#waiting.set(`${change.kind} ${change.subject ?? ''}`, change);
  }
}
