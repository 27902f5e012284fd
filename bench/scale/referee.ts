/** A simulated deployment did what none may ever do. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

/** Sees everything that happens, which no gateway can, and throws `PromiseBroken` when a promise is broken. */
export class Referee {
  readonly #spent = new Map<string, Set<number>>();
  readonly #released = new Set<string>();
  readonly #sites = new Map<string, readonly string[]>();
  readonly #known = new Map<string, Set<string>>();

  /** Units of a budget are numbered from 0; none is spent twice, and none that was never granted. */
  spend(budget: string, unit: number, units: number): void {
    const spent = openSet(this.#spent, budget);
    if (unit < 0 || unit >= units)
      throw new PromiseBroken(`${budget} was overspent: unit ${unit} of ${units}`);
    if (spent.has(unit)) throw new PromiseBroken(`unit ${unit} of ${budget} was spent twice`);
    spent.add(unit);
  }

  spentOf(budget: string): number {
    return this.#spent.get(budget)?.size ?? 0;
  }

  release(approval: string): void {
    if (this.#released.has(approval)) throw new PromiseBroken(`${approval} was released twice`);
    this.#released.add(approval);
  }

  /** One site at a time: what another one has taken over acts no more where it was. */
  act(cell: string, site: string): void {
    const sites = this.#sites.get(cell) ?? [];
    if (sites.at(-1) === site) return;
    if (sites.includes(site)) throw new PromiseBroken(`${site} acted for ${cell} after ${sites.at(-1)} had`);
    this.#sites.set(cell, [...sites, site]);
  }

  learn(gateway: string, revocation: string): void {
    openSet(this.#known, gateway).add(revocation);
  }

  call(gateway: string, revocation: string): void {
    if (this.#known.get(gateway)?.has(revocation) === true)
      throw new PromiseBroken(`${gateway} let a call through after it knew of ${revocation}`);
  }
}

function openSet<Item>(sets: Map<string, Set<Item>>, key: string): Set<Item> {
  const there = sets.get(key);
  if (there !== undefined) return there;
  const made = new Set<Item>();
  sets.set(key, made);
  return made;
}
