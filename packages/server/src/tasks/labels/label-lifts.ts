import { type LiftableLabel, liftsFact } from '@countersign/core';

/** A label that a person lifted from a task: from what was read before, and for a while. */
export interface LabelLift {
  readonly id: string;
  readonly label: LiftableLabel;
  /** Where the history stood: what is read later has its label all the same. */
  readonly position: number;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Calls it still holds for; null: as many as there are until then. */
  readonly callsLeft: number | null;
}

const MOST_LIFTS = 32;

/** The lifts of a line of tasks. In memory alone: what a restart forgets is labelled again. */
export class LabelLifts {
  #lifts: LabelLift[] = [];

  /** The oldest one gives way where there are too many. */
  add(lift: LabelLift): void {
    this.#lifts = [...this.#lifts, lift].slice(-MOST_LIFTS);
  }

  list(now: number): readonly LabelLift[] {
    return this.#lifts.filter(({ until, callsLeft }) => now < until && callsLeft !== 0);
  }

  /** Whether what is kept under the name, and was read last at the position, is lifted. */
  covers(name: string, position: number, now: number): boolean {
    if (this.#lifts.length === 0) return false;
    return this.list(now).some((lift) => position <= lift.position && liftsFact(lift.label, name));
  }

  /** One more call went out under them. */
  count(now: number): void {
    if (this.#lifts.length === 0) return;
    this.#lifts = this.list(now).map((lift) =>
      lift.callsLeft === null ? lift : { ...lift, callsLeft: lift.callsLeft - 1 },
    );
  }
}
