import { local } from './assumptions.ts';
import type { Costs } from './measured-costs.ts';
import { Cores } from './processors.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** Where a writer's commit becomes durable: a disk of its own, or the primary that the gateways of a cell share. */
export interface Durability {
  commit(rows: number, then: () => void): void;
}

export function openDisk(timeline: Timeline, costs: Costs): Durability {
  return { commit: (_rows, then) => timeline.after(costs.syncMs, then) };
}

export interface PrimaryParts {
  readonly timeline: Timeline;
  readonly costs: Costs;
  readonly random: Random;
  /** Round trip to the standby that must have it, too; 0 where none must. */
  readonly standbyMs: number;
}

/** One PostgreSQL: rows one after the other, at the rate that was measured for bare rows; then the sync and the standby. */
export class Primary implements Durability {
  readonly #parts: PrimaryParts;
  readonly #rows: Cores;

  constructor(parts: PrimaryParts) {
    this.#parts = parts;
    this.#rows = new Cores(parts.timeline, 1);
  }

  get usedMs(): number {
    return this.#rows.usedMs;
  }

  commit(rows: number, then: () => void): void {
    const { timeline, costs, random, standbyMs } = this.#parts;
    const wayMs = local.roundTripMs / 2;
    timeline.after(wayMs + random.wait(local.jitterMs), () =>
      this.#rows.run((rows / costs.rowsPerSecondOfPrimary) * 1000, () =>
        timeline.after(costs.syncMs + standbyMs + wayMs, then),
      ),
    );
  }
}
