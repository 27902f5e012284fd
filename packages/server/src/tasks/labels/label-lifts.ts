import { AppError } from '@countersign/api';
import { type LiftableLabel, liftsFact } from '@countersign/core';

/** What a person is asked to lift: the facts that the signed text names, as they stood when it was written. */
export interface LiftProposal {
  readonly label: LiftableLabel;
  readonly names: readonly string[];
  /** Where the history stood: what is read later has its label all the same. */
  readonly position: number;
}

/** A label that a person lifted from a task: from what was read before it was proposed, and for a while. */
export interface LabelLift extends LiftProposal {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Calls it still holds for; null: as many as there are until then. */
  readonly callsLeft: number | null;
}

/** A label that a task has. */
export interface ReadLabel {
  readonly name: string;
  /** Where the history stood when something with it was last asked for, or reached the agent. */
  readonly position: number;
}

const MOST_LIFTS = 32;
const MOST_PROPOSALS = 64;

/** The lifts of a line of tasks. In memory alone: what a restart forgets is labelled again. */
export class LabelLifts {
  #lifts: LabelLift[] = [];
  readonly #proposals = new Map<string, LiftProposal>();

  /** The oldest one gives way where there are too many, and can then not be signed. */
  propose(id: string, proposal: LiftProposal): void {
    this.#proposals.set(id, proposal);
    const [oldest] = this.#proposals.keys();
    if (this.#proposals.size > MOST_PROPOSALS && oldest !== undefined) this.#proposals.delete(oldest);
  }

  /** Why what was proposed can no longer be lifted; undefined while it can. */
  findObstacle(id: string, labels: readonly ReadLabel[]): string | undefined {
    const proposal = this.#proposals.get(id);
    if (proposal === undefined) return 'it is no longer known what the task had read when this was proposed';
    const { label, names, position } = proposal;
    const isOvertaken = labels.some(
      (one) => liftsFact(label, one.name) && (one.position > position || !names.includes(one.name)),
    );
    return isOvertaken ? 'the task has read more with that label since' : undefined;
  }

  /** Lifts what was proposed under the id, once. The oldest one gives way where there are too many. */
  add({ id, until, callsLeft }: Pick<LabelLift, 'id' | 'until' | 'callsLeft'>): void {
    const proposal = this.#proposals.get(id);
    if (!this.#proposals.delete(id) || proposal === undefined) return;
    this.#lifts = [...this.#lifts, { ...proposal, id, until, callsLeft }].slice(-MOST_LIFTS);
  }

  list(now: number): readonly LabelLift[] {
    return this.#lifts.filter(({ until, callsLeft }) => now < until && callsLeft !== 0);
  }

  /** Whether the label is lifted. */
  covers(label: ReadLabel, now: number): boolean {
    if (this.#lifts.length === 0) return false;
    return this.list(now).some((lift) => isCovered(lift, label));
  }

  /** The ids of those that lift one of the labels. */
  listCovering(labels: readonly ReadLabel[], now: number): readonly string[] {
    return this.list(now)
      .filter((lift) => labels.some((label) => isCovered(lift, label)))
      .map(({ id }) => id);
  }

  /** One more call goes out under them. Throws `task.labels_changed`, and takes nothing, when one no longer holds. */
  use(ids: readonly string[], now: number): void {
    if (ids.length === 0) return;
    const held = this.list(now);
    if (!ids.every((id) => held.some((lift) => lift.id === id))) throw new AppError('task.labels_changed');
    this.#lifts = held.map((lift) =>
      lift.callsLeft === null || !ids.includes(lift.id) ? lift : { ...lift, callsLeft: lift.callsLeft - 1 },
    );
  }
}

function isCovered(lift: LabelLift, { name, position }: ReadLabel): boolean {
  return position <= lift.position && lift.names.includes(name);
}
