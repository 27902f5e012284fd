import type { Costs } from './measured-costs.ts';
import type { Durability } from './primary.ts';
import { type Cores, Thread } from './processors.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export interface GatewayParts {
  readonly timeline: Timeline;
  readonly costs: Costs;
  readonly random: Random;
  readonly cores: Cores;
  readonly store: Durability;
  /** How much dearer everything is than where one agent makes all calls. */
  readonly factor: number;
  /** Every time another thread takes over. */
  readonly wakeMs: number;
  askUpstream(then: () => void): void;
}

/** What of the event loop's time a call takes before its proof, until its records are written, and after. */
const loopShares = { read: 0.35, decide: 0.3, send: 0.15, answer: 0.2 } as const;
export const wakesOfCall = 6;

/** The threads of one process, and the steps of the path on them. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #loop: Thread;
  readonly #writer: Thread;
  readonly #owed: { readonly rows: number; readonly then: () => void }[] = [];
  #writing = false;
  #atOnce = 0;
  overloaded = 0;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#loop = new Thread(parts.cores);
    this.#writer = new Thread(parts.cores);
  }

  /** False where it is refused for its many others. `decide` happens after the proof and before anything is written, with nothing awaited in between. */
  call(decide: () => void, done: () => void): boolean {
    const { costs, cores, factor, askUpstream } = this.#parts;
    if (this.#atOnce >= costs.callsAtOnce) {
      this.overloaded += 1;
      return false;
    }
    this.#atOnce += 1;
    const proofMs = (costs.proofMicroseconds * factor) / 1000;
    this.#wake(() =>
      this.#think('read', () =>
        this.#wake(() =>
          cores.run(proofMs, () =>
            this.#wake(() =>
              this.#think('decide', () => {
                decide();
                this.#write(2, () =>
                  this.#wake(() =>
                    this.#think('send', () =>
                      askUpstream(() =>
                        this.#wake(() =>
                          this.#think('answer', () => {
                            this.#atOnce -= 1;
                            this.#write(1, () => undefined);
                            cores.run((costs.otherMicroseconds * factor) / 1000, () => undefined);
                            done();
                          }),
                        ),
                      ),
                    ),
                  ),
                );
              }),
            ),
          ),
        ),
      ),
    );
    return true;
  }

  /** Other work of the event loop, such as reading a task in. */
  work(lastsMs: number, then: () => void): void {
    this.#loop.run(lastsMs, then);
  }

  #think(part: keyof typeof loopShares, then: () => void): void {
    const { callMicroseconds, writerMicroseconds, proofMicroseconds, otherMicroseconds } = this.#parts.costs;
    const microseconds = callMicroseconds - writerMicroseconds - proofMicroseconds - otherMicroseconds;
    const meanMs = (microseconds * loopShares[part] * this.#parts.factor) / 1000;
    this.#loop.run(this.#parts.random.wait(meanMs), then);
  }

  #wake(then: () => void): void {
    this.#parts.timeline.after(this.#parts.wakeMs, then);
  }

  #write(rows: number, then: () => void): void {
    this.#owed.push({ rows, then });
    if (!this.#writing) this.#writeAll();
  }

  /** Group commit: what came while the last commit was under way goes together. */
  #writeAll(): void {
    const lot = this.#owed.splice(0);
    this.#writing = lot.length > 0;
    if (!this.#writing) return;
    const rows = lot.reduce((sum, one) => sum + one.rows, 0);
    const { costs, factor, store } = this.#parts;
    this.#writer.run((rows * costs.writerMicroseconds * factor) / 3000, () =>
      store.commit(rows, () => {
        for (const one of lot) one.then();
        this.#writeAll();
      }),
    );
  }
}
