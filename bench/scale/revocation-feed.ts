/** What a publisher says of an agent; each has the number after the one before. */
export interface Notice {
  readonly seq: number;
  readonly agent: string;
  readonly isRevoked: boolean;
}

export type Order = 'the newest of each agent' | 'as they come';

/**
 * What one listener knows of one publisher. A notice is in force as soon as it is there, whatever else is missing, unless
 * a newer one of the same agent came before; repeated and late ones change nothing.
 */
export class RevocationFeed {
  readonly #order: Order;
  readonly #apply: (notice: Notice) => void;
  readonly #newest = new Map<string, number>();
  readonly #early = new Set<number>();
  #complete = 0;

  constructor(order: Order, apply: (notice: Notice) => void) {
    this.#order = order;
    this.#apply = apply;
  }

  /** The last number up to which nothing is missing. */
  get complete(): number {
    return this.#complete;
  }

  hear(notice: Notice): void {
    const { seq, agent } = notice;
    if (this.#order === 'as they come' || seq > (this.#newest.get(agent) ?? 0)) {
      this.#newest.set(agent, seq);
      this.#apply(notice);
    }
    if (seq > this.#complete) this.#early.add(seq);
    while (this.#early.delete(this.#complete + 1)) this.#complete += 1;
  }
}
