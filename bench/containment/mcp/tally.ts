export interface Share {
  readonly cases: number;
  readonly caught: number;
  /** Not held, but shown to whoever looks. */
  readonly warned: number;
}

export interface McpMiss {
  readonly where: 'after_pinning' | 'first_sight' | 'first_sight_beside' | 'clean';
  readonly attack: string;
  readonly id: string;
  readonly tool: string;
  readonly why: string;
}

/** Counts cases by attack. */
export class Tally {
  readonly #shares = new Map<string, { cases: number; caught: number; warned: number }>();

  add(attack: string, result: 'caught' | 'warned' | 'missed'): void {
    const share = this.#shares.get(attack) ?? { cases: 0, caught: 0, warned: 0 };
    share.cases += 1;
    if (result === 'caught') share.caught += 1;
    if (result === 'warned') share.warned += 1;
    this.#shares.set(attack, share);
  }

  /** By attack, in order of name, and all together. */
  shares(): { readonly all: Share; readonly byAttack: Readonly<Record<string, Share>> } {
    const all = { cases: 0, caught: 0, warned: 0 };
    for (const { cases, caught, warned } of this.#shares.values()) {
      all.cases += cases;
      all.caught += caught;
      all.warned += warned;
    }
    const sorted = [...this.#shares].sort(([one], [other]) => one.localeCompare(other));
    return { all, byAttack: Object.fromEntries(sorted) };
  }
}
