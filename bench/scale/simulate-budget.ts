import { type BusFaults, local } from './assumptions.ts';
import { createLink, type Link } from './links.ts';
import type { Costs } from './measured-costs.ts';
import { createRandom, type Random } from './random.ts';
import { Referee } from './referee.ts';
import { Timeline } from './timeline.ts';

export interface BudgetLoad {
  readonly callers: number;
  readonly gateways: number;
  readonly units: number;
  /** A slice is this share of what is left, for each gateway, and never less than one unit. */
  readonly sliceShare: number;
  readonly faults: BusFaults;
  readonly seed: number;
  /** When the slice of a gateway that does not answer is given to others. */
  readonly reclaim?: 'when its lease has ended' | 'at once';
}

export type BudgetRun = {
  readonly spent: number;
  /** Units that a gateway took with it: neither spent nor given to another. */
  readonly stranded: number;
  readonly asks: number;
  readonly lastsMs: number;
};

interface Slice {
  next: number;
  readonly end: number;
}

const retryMs = 20;
/** The first gateway stands still, as a process does that is paused, and then goes on. */
const still = { fromMs: 5, toMs: 405 } as const;
/** No gateway acts so long after its last renewal. */
const leaseMs = 300;
const suspectMs = 50;

/** Callers at several gateways spend one budget to its end; one gateway stands still in the middle, and wakes again. */
export function simulateBudget(costs: Costs, load: BudgetLoad): BudgetRun {
  return new OneBudget(costs, load).run();
}

class OneBudget {
  readonly #timeline = new Timeline();
  readonly #referee = new Referee();
  readonly #random: Random;
  readonly #send: Link;
  readonly #costs: Costs;
  readonly #load: BudgetLoad;
  readonly #free: Slice[];
  readonly #answers = new Map<string, Slice>();
  readonly #slices: Slice[];
  /** By gateway, the number of the question whose answer it needs next. */
  readonly #requests: number[];
  #asks = 0;
  #lastMs = 0;

  constructor(costs: Costs, load: BudgetLoad) {
    this.#costs = costs;
    this.#load = load;
    this.#random = createRandom(load.seed);
    this.#send = createLink(this.#timeline, this.#random, load.faults);
    this.#free = [{ next: 0, end: load.units }];
    this.#slices = Array.from({ length: load.gateways }, () => ({ next: 0, end: 0 }));
    this.#requests = this.#slices.map(() => 0);
  }

  run(): BudgetRun {
    for (let caller = 0; caller < this.#load.callers; caller += 1) this.#call(caller % this.#load.gateways);
    for (const gateway of this.#slices.keys()) this.#refill(gateway);
    const reclaimMs = this.#load.reclaim === 'at once' ? suspectMs : leaseMs;
    this.#timeline.after(still.fromMs + reclaimMs, () => {
      const [slice] = this.#slices;
      if (slice !== undefined) this.#free.push({ ...slice });
    });
    this.#timeline.runUntil(5000);
    const spent = this.#referee.spentOf('budget');
    return { spent, stranded: this.#load.units - spent, asks: this.#asks, lastsMs: this.#lastMs };
  }

  #call(gateway: number): void {
    this.#timeline.after(this.#random.wait(this.#costs.callAloneMs), () => {
      const slice = this.#slices[gateway];
      if (slice !== undefined && slice.next < slice.end && this.#mayAct(gateway)) {
        this.#referee.spend('budget', slice.next, this.#load.units);
        slice.next += 1;
        this.#lastMs = this.#timeline.nowMs;
      }
      this.#call(gateway);
    });
  }

  /** What it has left after its lease is not its own any more, whatever it slept through. */
  #mayAct(gateway: number): boolean {
    const nowMs = this.#timeline.nowMs;
    if (gateway !== 0 || nowMs < still.fromMs) return true;
    return nowMs >= still.toMs && this.#load.reclaim === 'at once';
  }

  #refill(gateway: number): void {
    const slice = this.#slices[gateway];
    const isEmpty = slice === undefined || slice.next >= slice.end;
    if (isEmpty && this.#left > 0 && this.#mayAct(gateway)) this.#ask(gateway, this.#requests[gateway] ?? 0);
    this.#timeline.after(retryMs, () => this.#refill(gateway));
  }

  #ask(gateway: number, request: number): void {
    this.#asks += 1;
    this.#send(local.roundTripMs / 2, () =>
      this.#timeline.after(this.#costs.syncMs, () => {
        const slice = this.#grant(gateway, request);
        this.#send(local.roundTripMs / 2, () => {
          if (this.#requests[gateway] !== request) return;
          this.#slices[gateway] = { ...slice };
          this.#requests[gateway] = request + 1;
        });
      }),
    );
  }

  /** The same question gets the same answer, however often it comes. */
  #grant(gateway: number, request: number): Slice {
    const key = `${gateway} ${request}`;
    const before = this.#answers.get(key);
    if (before !== undefined) return before;
    const { units, sliceShare, gateways } = this.#load;
    const pool = this.#free.find(({ next, end }) => next < end) ?? { next: units, end: units };
    const wanted = Math.max(1, Math.floor((this.#left * sliceShare) / gateways));
    const slice = { next: pool.next, end: Math.min(pool.next + wanted, pool.end) };
    pool.next = slice.end;
    this.#answers.set(key, slice);
    return slice;
  }

  get #left(): number {
    return this.#free.reduce((sum, { next, end }) => sum + end - next, 0);
  }
}
