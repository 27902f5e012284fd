const mostOfAgent = 16;

/** The calls that wait here for a person. Each holds what was sent, so there are only so many, and so many of one agent. */
export class Waits {
  readonly #most: number;
  readonly #ofAgents = new Map<string, number>();
  #all = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What `wait` says; false at once when too many wait already. */
  async run(agentId: string, wait: () => Promise<boolean>): Promise<boolean> {
    const own = this.#ofAgents.get(agentId) ?? 0;
    if (own >= mostOfAgent || this.#all >= this.#most) return false;
    this.#ofAgents.set(agentId, own + 1);
    this.#all++;
    try {
      return await wait();
    } finally {
      this.#all--;
      const left = (this.#ofAgents.get(agentId) ?? 1) - 1;
      if (left === 0) this.#ofAgents.delete(agentId);
      else this.#ofAgents.set(agentId, left);
    }
  }
}
