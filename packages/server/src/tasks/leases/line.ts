import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody works with the line: it stays here until then. */
export interface LineHold {
  /** Harmless when called again. */
  release(): void;
  /** While it is held: what may be cut for another gateway, from when on. */
  yieldWith(isDue: () => boolean, cut: () => void): void;
}

interface Yield {
  isDue(): boolean;
  cut(): void;
}

/** For so long new calls wait when another gateway asks, so that a busy task comes to a moment without any; not again before the rest is over. */
const drainMs = 250;
const restMs = 1_000;
/** A gateway that still waits asks again by then. */
const wantedMs = 1_000;
/** Whoever asked gets it before those who wait here. */
const wayMs = 60;

/** One line of tasks that this gateway has, or is about to have, or to let go of. */
export class Line {
  state: 'taking' | 'held' | 'leaving' = 'taking';
  /** Resolves when its state is another. */
  moved: Promise<void> = Promise.resolve();
  isOver = false;
  readonly #onLeave: () => Promise<void>;
  readonly #yields = new Set<Yield>();
  #pins = 0;
  #wantedUntilTurn = 0;
  #turn = 0;
  #isWanted = false;
  #drain: Promise<void> | undefined;
  #isResting = false;

  /** `onLeave` writes that it goes. */
  constructor(onLeave: () => Promise<void>) {
    this.#onLeave = onLeave;
  }

  get isIdle(): boolean {
    return this.#pins === 0;
  }

  /** Nobody else waits for the calls that are under way. */
  get isOpen(): boolean {
    return this.#drain === undefined;
  }

  enter(): LineHold {
    this.#pins += 1;
    let one: Yield | undefined;
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        if (one !== undefined) this.#yields.delete(one);
        this.#pins -= 1;
        if (this.#pins === 0 && this.state === 'held' && (this.#isWanted || this.isOver)) this.leave();
      },
      yieldWith: (isDue, cut) => {
        if (!isHeld) return;
        one = { isDue, cut };
        this.#yields.add(one);
      },
    };
  }

  /** It is here now. */
  settle(): void {
    this.state = 'held';
    if (this.#pins === 0 && this.isOver) this.leave();
  }

  want(): void {
    if (this.#pins === 0) {
      this.leave();
      return;
    }
    this.#isWanted = true;
    this.#wantedUntilTurn = ++this.#turn;
    void this.#forgetWish(this.#turn);
    for (const one of [...this.#yields]) if (one.isDue()) one.cut();
    if (!this.#isResting && this.state === 'held') this.#drain ??= this.#startDrain();
    if (this.#drain !== undefined) this.moved = this.#drain;
  }

  end(): void {
    this.isOver = true;
    if (this.#pins === 0 && this.state === 'held') this.leave();
  }

  leave(): void {
    this.state = 'leaving';
    this.#drain = undefined;
    this.moved = this.#onLeave();
  }

  /** Resolves when those who wait here may ask for it again. */
  async makeWay(): Promise<void> {
    if (!this.isOver) await sleep(wayMs);
  }

  async #startDrain(): Promise<void> {
    this.#isResting = true;
    await sleep(drainMs);
    this.#drain = undefined;
    void sleep(restMs).then(() => {
      this.#isResting = false;
    });
  }

  async #forgetWish(turn: number): Promise<void> {
    await sleep(wantedMs, undefined, { ref: false });
    if (this.#wantedUntilTurn === turn) this.#isWanted = false;
  }
}
