import type { Random } from './random.ts';
import type { Referee } from './referee.ts';

/** What both sites know at every moment, because nobody goes on before the second one has it. */
export interface SharedKnowledge {
  /** By budget, how many of its units were granted to gateways in slices. */
  readonly granted: number[];
  readonly released: Set<number>;
}

export interface Budgets {
  readonly count: number;
  readonly units: number;
  readonly slice: number;
}

/** The gateways of a cell at one site, and the slices they spend from. */
export class Site {
  readonly name: string;
  readonly #referee: Referee;
  readonly #budgets: Budgets;
  readonly #slices = new Map<string, { next: number; readonly end: number }>();
  readonly #asked = new Set<string>();
  calls = 0;

  constructor(name: string, referee: Referee, budgets: Budgets) {
    this.name = name;
    this.#referee = referee;
    this.#budgets = budgets;
  }

  /** Takes a unit of the slice that this gateway has; `undefined` where it has none. */
  take(gateway: number, budget: number): number | undefined {
    const slice = this.#slices.get(`${gateway} ${budget}`);
    if (slice === undefined || slice.next >= slice.end) return undefined;
    slice.next += 1;
    return slice.next - 1;
  }

  /** False while an earlier question is on its way: of two answers one slice would be lost. */
  ask(gateway: number, budget: number): boolean {
    const key = `${gateway} ${budget}`;
    if (this.#asked.has(key)) return false;
    this.#asked.add(key);
    return true;
  }

  grant(gateway: number, budget: number, known: SharedKnowledge): void {
    const from = known.granted[budget] ?? 0;
    const end = Math.min(from + this.#budgets.slice, this.#budgets.units);
    known.granted[budget] = end;
    this.#asked.delete(`${gateway} ${budget}`);
    this.#slices.set(`${gateway} ${budget}`, { next: from, end });
  }

  /** The call leaves the house. */
  send(budget: number, unit: number, approval: number | undefined): void {
    this.#referee.act('the cell', this.name);
    this.#referee.spend(`budget ${budget}`, unit, this.#budgets.units);
    if (approval !== undefined) this.#referee.release(`approval ${approval}`);
    this.calls += 1;
  }
}

export function pickApproval(
  random: Random,
  approvals: number,
  released: ReadonlySet<number>,
): number | undefined {
  const approval = random.pick(approvals);
  return random.chance(0.02) && !released.has(approval) ? approval : undefined;
}
