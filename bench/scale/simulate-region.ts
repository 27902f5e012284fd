import { cellLease, deafAfterMs, promoteMs, roundTripMs, shipMs } from './assumptions.ts';
import type { Costs } from './measured-costs.ts';
import { createRandom, type Random } from './random.ts';
import { Referee } from './referee.ts';
import { pickApproval, type SharedKnowledge, Site } from './region-site.ts';
import { Timeline } from './timeline.ts';

/** What a deployment does when it cannot ask; another choice than the first is there to show that it would be found out. */
export interface RegionRules {
  readonly takeOver: 'after the lease' | 'at once';
  readonly whenDeaf: 'stop' | 'go on';
  readonly slicesOut: 'count as spent' | 'are granted again';
  readonly releases: 'at the second site first' | 'with the records';
}

export interface RegionLoad {
  readonly disaster: 'lost' | 'cut off';
  /** Whether a call waits until the second site has its decision. */
  readonly records: 'at the second site first' | 'later';
  readonly home: number;
  readonly second: number;
  readonly gateways: number;
  readonly callsPerSecond: number;
  readonly seed: number;
  readonly rules?: Partial<RegionRules>;
}

export type RegionRun = {
  readonly takenOverAfterMs: number;
  /** Let out at home after the disaster, until it stopped by itself. */
  readonly callsAfterwards: number;
  /** Of those, of an agent that others had revoked meanwhile. */
  readonly revokedThrough: number;
  /** Not at the second site when it took over. */
  readonly recordsMissing: number;
  /** In slices, and not spent when the second site took over. */
  readonly unitsStranded: number;
  readonly tasksEnded: number;
  readonly refusedMeanwhile: number;
  readonly addedMs: number;
};

const disasterMs = 5000;
const revokedAfterMs = 500;
const endMs = 40_000;
const approvals = 2000;
const tasks = 2000;
const budgets = { count: 64, units: 100_000, slice: 20 } as const;
/** Clocks that run apart: the home's loses a thousandth. */
const homeClock = 0.999;

/** A cell whose region is lost, or lives on and hears and reaches nobody; its second site takes over. */
export function simulateRegion(costs: Costs, load: RegionLoad): RegionRun {
  return new Cell(costs, load).run();
}

class Cell {
  readonly #timeline = new Timeline();
  readonly #random: Random;
  readonly #referee = new Referee();
  readonly #load: RegionLoad;
  readonly #rules: RegionRules;
  readonly #home: Site;
  readonly #second: Site;
  readonly #known: SharedKnowledge = { granted: new Array(budgets.count).fill(0), released: new Set() };
  readonly #wayMs: number;
  readonly #startMs: number;
  /** By budget, what the records at the second site say was spent. */
  readonly #recorded: number[] = new Array(budgets.count).fill(0);
  readonly #releasedAtHome = new Set<number>();
  readonly #renewals: { readonly sentMs: number; readonly heardMs: number }[] = [];
  #sent = 0;
  #arrived = 0;
  #callsBefore = 0;
  #granted = 0;
  #revokedThrough = 0;
  #refusedMeanwhile = 0;

  constructor(costs: Costs, load: RegionLoad) {
    this.#load = load;
    this.#rules = {
      takeOver: 'after the lease',
      whenDeaf: 'stop',
      slicesOut: 'count as spent',
      releases: 'at the second site first',
      ...load.rules,
    };
    this.#random = createRandom(load.seed);
    this.#home = new Site('home', this.#referee, budgets);
    this.#second = new Site('second site', this.#referee, budgets);
    this.#wayMs = roundTripMs(load.home, load.second) / 2;
    this.#startMs = promoteMs + costs.startMs;
  }

  run(): RegionRun {
    this.#renew();
    this.#arrive();
    this.#timeline.after(disasterMs, () => {
      this.#callsBefore = this.#home.calls;
      this.#granted = this.#known.granted.reduce((sum, units) => sum + units, 0);
    });
    this.#timeline.runUntil(endMs);
    const isLater = this.#load.records === 'later';
    return {
      takenOverAfterMs: this.#takenOverMs - disasterMs,
      callsAfterwards: this.#home.calls - this.#callsBefore,
      revokedThrough: this.#revokedThrough,
      recordsMissing: this.#sent - this.#arrived,
      unitsStranded: this.#granted - this.#home.calls,
      tasksEnded: isLater ? tasks : 0,
      refusedMeanwhile: this.#refusedMeanwhile,
      addedMs: isLater ? 0 : 2 * this.#wayMs,
    };
  }

  get #isCut(): boolean {
    return this.#timeline.nowMs >= disasterMs;
  }

  /** On its own clock, since it last asked for what was granted. */
  get #homeStopsMs(): number {
    if (this.#load.disaster === 'lost') return disasterMs;
    const sentMs =
      this.#renewals.filter(({ sentMs }) => sentMs + 2 * this.#wayMs < disasterMs).at(-1)?.sentMs ?? 0;
    const leaseMs = sentMs + cellLease.lifeMs / homeClock;
    const deafMs = disasterMs + this.#wayMs + deafAfterMs / homeClock;
    return this.#rules.whenDeaf === 'stop' ? Math.min(leaseMs, deafMs) : leaseMs;
  }

  get #takenOverMs(): number {
    const heardMs = this.#renewals.filter((one) => one.heardMs < disasterMs).at(-1)?.heardMs ?? 0;
    const freeMs = heardMs + cellLease.lifeMs + cellLease.marginMs;
    return (this.#rules.takeOver === 'at once' ? disasterMs : freeMs) + this.#startMs;
  }

  #renew(): void {
    const sentMs = this.#timeline.nowMs;
    this.#renewals.push({ sentMs, heardMs: sentMs + this.#wayMs });
    if (sentMs < disasterMs) this.#timeline.after(cellLease.renewMs, () => this.#renew());
  }

  #arrive(): void {
    const nowMs = this.#timeline.nowMs;
    if (nowMs >= this.#takenOverMs) this.#callAtSecond();
    if (!this.#isCut || nowMs < this.#homeStopsMs) this.#callAtHome();
    else if (nowMs < this.#takenOverMs) this.#refusedMeanwhile += 1;
    this.#timeline.after(this.#random.wait(1000 / this.#load.callsPerSecond), () => this.#arrive());
  }

  #callAtHome(): void {
    const task = this.#random.pick(tasks);
    const [gateway, budget] = this.#place(task);
    const unit = this.#home.take(gateway, budget);
    if (unit === undefined) {
      // Without the second site's word there is no slice.
      if (this.#home.ask(gateway, budget))
        this.#reachSecond(() => this.#home.grant(gateway, budget, this.#known));
      return;
    }
    const approval = pickApproval(this.#random, approvals, this.#releasedAtHome);
    const send = (): void => {
      if (this.#isCut && this.#timeline.nowMs >= this.#homeStopsMs) return;
      this.#home.send(budget, unit, approval);
      this.#sent += 1;
      if (this.#load.records === 'later') this.#ship(budget, approval);
      else this.#noteRecord(budget);
      const isRevoked = this.#timeline.nowMs > disasterMs + revokedAfterMs && task % 100 === 0;
      if (this.#isCut && isRevoked) this.#revokedThrough += 1;
    };
    if (approval !== undefined) this.#releasedAtHome.add(approval);
    const releasesFirst = approval !== undefined && this.#rules.releases === 'at the second site first';
    if (!releasesFirst && this.#load.records === 'later') send();
    else
      this.#reachSecond(
        () => {
          if (approval !== undefined) this.#known.released.add(approval);
          send();
        },
        () => this.#known.released.add(approval ?? -1),
      );
  }

  /** Tasks of every gateway spend from every budget. */
  #place(task: number): readonly [gateway: number, budget: number] {
    return [Math.floor(task / budgets.count) % this.#load.gateways, task % budgets.count];
  }

  /** `then` only if the answer comes back; `there` as soon as the second site has it. */
  #reachSecond(then: () => void, there?: () => void): void {
    if (this.#isCut) return;
    this.#timeline.after(this.#wayMs, () => {
      if (this.#isCut) return;
      there?.();
      this.#timeline.after(this.#wayMs, () => {
        if (!this.#isCut) then();
      });
    });
  }

  #ship(budget: number, approval: number | undefined): void {
    if (this.#isCut) return;
    this.#timeline.after(this.#wayMs + this.#random.wait(shipMs), () => {
      if (this.#isCut) return;
      this.#noteRecord(budget);
      if (approval !== undefined) this.#known.released.add(approval);
    });
  }

  #noteRecord(budget: number): void {
    this.#arrived += 1;
    this.#recorded[budget] = (this.#recorded[budget] ?? 0) + 1;
  }

  #callAtSecond(): void {
    const task = this.#random.pick(tasks);
    const [gateway, budget] = this.#place(task);
    if (this.#rules.slicesOut === 'are granted again' && this.#second.calls === 0)
      this.#known.granted.splice(0, budgets.count, ...this.#recorded);
    const unit = this.#second.take(gateway, budget);
    if (unit === undefined) {
      this.#second.grant(gateway, budget, this.#known);
      return;
    }
    const approval = pickApproval(this.#random, approvals, this.#known.released);
    if (approval !== undefined) this.#known.released.add(approval);
    this.#second.send(budget, unit, approval);
  }
}
