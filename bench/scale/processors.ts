import type { Timeline } from './timeline.ts';

interface Work {
  readonly lastsMs: number;
  readonly then: () => void;
}

/** The cores of one machine; what finds none free waits in line. */
export class Cores {
  readonly #timeline: Timeline;
  readonly #count: number;
  readonly #waiting: Work[] = [];
  #busy = 0;
  #usedMs = 0;

  constructor(timeline: Timeline, count: number) {
    this.#timeline = timeline;
    this.#count = count;
  }

  /** Work done so far, of all cores. */
  get usedMs(): number {
    return this.#usedMs;
  }

  run(lastsMs: number, then: () => void): void {
    const work = { lastsMs, then };
    if (this.#busy < this.#count) this.#start(work);
    else this.#waiting.push(work);
  }

  #start({ lastsMs, then }: Work): void {
    this.#busy += 1;
    this.#usedMs += lastsMs;
    this.#timeline.after(lastsMs, () => {
      this.#busy -= 1;
      this.#startNext();
      then();
    });
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
  }
}

/** One thread: does one thing after the other, on whatever core is free. */
export class Thread {
  readonly #cores: Cores;
  readonly #waiting: Work[] = [];
  #busy = false;

  constructor(cores: Cores) {
    this.#cores = cores;
  }

  run(lastsMs: number, then: () => void): void {
    this.#waiting.push({ lastsMs, then });
    if (!this.#busy) this.#startNext();
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    this.#busy = next !== undefined;
    if (next === undefined) return;
    this.#cores.run(next.lastsMs, () => {
      this.#startNext();
      next.then();
    });
  }
}
