import { AppError } from '@countersign/api';
import {
  DONE_KINDS,
  type DoneMoment,
  type DoneSelector,
  isSelected,
  type Labels,
  type LiftableLabel,
  liftsFact,
  NOTHING_READ,
  readLabelFacts,
  type SequenceHistory,
  ValueIndex,
} from '@countersign/core';
import type { AppendEffect, FactEffect } from '../plugins/database/database.ts';
import type { TaskFactKind } from '../plugins/database/schema.ts';
import { TaskPlan } from './grants/task-plan.ts';
import { type LabelLift, LabelLifts, type ReadLabel } from './labels/label-lifts.ts';
import { RememberedResults } from './remembered-results.ts';

/** One thing that was done in a task. */
export interface TaskFact {
  readonly kind: Exclude<TaskFactKind, 'denial' | 'grant_use'>;
  readonly name: string;
}

/** What was noted together: its effects go into the durable write of the decision that brought it about. */
export interface NotedFacts {
  readonly effects: readonly AppendEffect[];
  /** Called once, when that write is done or has failed. */
  settle(wasWritten: boolean): void;
}

/** What is known durably of a fact; what it leaves out of its order is not known. */
export interface StoredFact {
  readonly fact: TaskFactKind;
  readonly name: string;
  readonly times: number;
  readonly last_position?: number;
  readonly last_at?: number;
  readonly completed_position?: number;
  readonly completed_at?: number;
}

/** When something is noted, and of what the order is to be durable: what a policy asks for. */
export interface NotedAt {
  /** Epoch milliseconds. */
  readonly at: number;
  isOrdered(fact: DoneSelector): boolean;
}

/** Where something stands in the order of what was done; positions of 0 are not known. Members in alphabetical order. */
export interface OrderedFact {
  readonly at: number;
  readonly completedAt: number;
  readonly completedPosition: number;
  readonly kind: Exclude<TaskFactKind, 'grant_use'>;
  readonly name: string;
  readonly position: number;
  readonly times: number;
}

interface KnownFact {
  isDurable: boolean;
  /** Its stored row says where it stands. */
  isOrderStored: boolean;
  /** Decisions that noted it and are not written yet. */
  pending: number;
  last: DoneMoment;
  completed: DoneMoment | undefined;
  /** Where the history stood when an answer with it last reached the agent; 0 while none has. */
  arrived: number;
}

interface Denials {
  times: number;
  last: DoneMoment;
}

const mostFacts = 256;
const UNORDERED: DoneMoment = { position: 0, at: 0 };
const SOMETIME: NotedAt = { at: 0, isOrdered: () => false };

/**
 * What has been done so far in a task, shared with the tasks that it works for and that work for it: an agent loses no
 * history by opening another task inside. Bounded by refusing what it could not remember. Of its order it keeps the last
 * time of each thing; durable is that of things that a policy asks for.
 */
export class TaskHistory implements SequenceHistory {
  /** What the tasks are to do, and what people have let them do beside it. */
  readonly plan: TaskPlan;
  /** What was read of things that upstreams name; not durable. */
  readonly remembered = new RememberedResults();
  readonly #task: string;
  readonly #known = new Map<TaskFactKind, Map<string, KnownFact>>();
  readonly #denials = new Map<string, Denials>();
  readonly #readSpent: () => number;
  readonly #lifts = new LabelLifts();
  /** What was seen in them, in memory alone: a history that did not begin here does not know it all. */
  readonly values: ValueIndex;
  #denied = 0;
  #position = 0;

  /** `task`: the first of those that work for each other. `readSpent`: what they have all spent, in minor units. */
  constructor(
    task: string,
    stored: readonly StoredFact[] = [],
    readSpent: () => number = () => 0,
    values = new ValueIndex(),
  ) {
    this.#task = task;
    this.values = values;
    this.#readSpent = readSpent;
    this.plan = new TaskPlan(task, stored);
    for (const row of stored) {
      if (row.fact === 'grant_use') continue;
      const last = toMoment(row.last_position, row.last_at);
      const completed = toMoment(row.completed_position, row.completed_at);
      this.#position = Math.max(this.#position, last.position, completed.position);
      if (row.fact === 'denial') {
        this.#denied += row.times;
        if (row.times > 0) this.#denials.set(row.name, { times: row.times, last });
      } else {
        this.#knownOf(row.fact).set(row.name, {
          ...{ isDurable: true, isOrderStored: last.position > 0, pending: 0, last },
          completed: completed.position > 0 ? completed : undefined,
          arrived: 0,
        });
      }
    }
  }

  /** Something was done in it, or refused: whoever speaks for the agent from now on may speak of what it has read. */
  get hasBegun(): boolean {
    return this.#denied > 0 || [...this.#known.values()].some((known) => known.size > 0);
  }

  /** Refused calls. */
  get denials(): number {
    return this.#denied;
  }

  get spentMinor(): number {
    return this.#readSpent();
  }

  /** Of everything read so far, but for what a person has lifted. */
  labelsAt(now: number): Labels {
    if (!this.#known.has('label')) return NOTHING_READ;
    const held = this.#listRead().filter((label) => !this.#lifts.covers(label, now));
    return readLabelFacts(held.map(({ name }) => name));
  }

  liftsAt(now: number): readonly LabelLift[] {
    return this.#lifts.list(now);
  }

  /** Keeps what the task has read so far for a person to lift. Returns the names of it, none where there is no such label. */
  proposeLift(id: string, label: LiftableLabel): readonly string[] {
    const names = this.list('label').filter((name) => liftsFact(label, name));
    if (names.length > 0) this.#lifts.propose(id, { label, names, position: this.#position });
    return names;
  }

  /** Why what was proposed can no longer be lifted; undefined while it can. */
  findLiftObstacle(id: string): string | undefined {
    return this.#lifts.findObstacle(id, this.#listRead());
  }

  /** Lifts what was proposed under the id, from what was read before that. */
  lift(lift: Pick<LabelLift, 'id' | 'until' | 'callsLeft'>): void {
    this.#lifts.add(lift);
  }

  /** The lifts without which a ruling made now could be another. */
  liftsUsedAt(now: number): readonly string[] {
    return this.#lifts.listCovering(this.#listRead(), now);
  }

  /** A call that was ruled on under them is about to go out. Throws `task.labels_changed` when one no longer holds. */
  useLifts(ids: readonly string[], now: number): void {
    this.#lifts.use(ids, now);
  }

  /** An answer with these labels reaches the agent: what was proposed before that lifts none of them. */
  noteArrival(names: readonly string[]): void {
    this.#position += 1;
    for (const name of names) {
      const known = this.#known.get('label')?.get(name);
      if (known !== undefined) known.arrived = this.#position;
    }
  }

  list(kind: TaskFact['kind']): readonly string[] {
    const known = this.#known.get(kind);
    return known === undefined ? [] : [...known.keys()];
  }

  /** In which order the things that are asked for were done, and every refusal. */
  listOrder(isAskedFor: (fact: DoneSelector) => boolean): readonly OrderedFact[] {
    const done = DONE_KINDS.flatMap((kind) =>
      [...(this.#known.get(kind) ?? [])].flatMap(([name, { last, completed = UNORDERED }]) =>
        isAskedFor({ kind, name }) ? [toOrdered({ kind, name, times: 1, last, completed })] : [],
      ),
    );
    const refused = [...this.#denials].map(([name, { times, last }]) =>
      toOrdered({ kind: 'denial', name, times, last, completed: UNORDERED }),
    );
    return [...done, ...refused];
  }

  lastBegun(selector: DoneSelector, now = 0): DoneMoment | undefined {
    return latest(this.#select(selector, now).map(({ last }) => last));
  }

  lastCompleted(selector: DoneSelector, now = 0): DoneMoment | undefined {
    return latest(this.#select(selector, now).flatMap(({ completed }) => completed ?? []));
  }

  denialsOf(selector: DoneSelector | null): {
    readonly times: number;
    readonly last: DoneMoment | undefined;
  } {
    const found = [...this.#denials].flatMap(([name, denials]) =>
      selector === null || isSelected(selector, { kind: 'tool', name }) ? [denials] : [],
    );
    return {
      times: found.reduce((sum, { times }) => sum + times, 0),
      last: latest(found.map(({ last }) => last)),
    };
  }

  /** Counts at once, for calls that are decided meanwhile. Throws `task.history_full`, and notes nothing then. */
  note(facts: readonly TaskFact[], when: NotedAt = SOMETIME): NotedFacts {
    if (facts.length === 0) return nothing;
    for (const { kind, name } of facts) {
      const known = this.#knownOf(kind);
      if (!known.has(name) && known.size >= mostFacts) throw new AppError('task.history_full');
    }
    this.#position += 1;
    const moment = { position: this.#position, at: when.at };
    const noted = facts.map((fact) => this.#begin(fact, moment, when.isOrdered(fact)));
    return {
      effects: noted.flatMap(({ effect }) => effect ?? []),
      settle: (wasWritten) => {
        for (const one of noted) this.#settle(one, moment, wasWritten);
      },
    };
  }

  /** What was let out has ended well. Of what was never noted nothing is kept. Returns what makes it durable. */
  noteCompletion(facts: readonly TaskFact[], { at, isOrdered }: NotedAt): readonly AppendEffect[] {
    this.#position += 1;
    const position = this.#position;
    return facts.flatMap((fact): readonly FactEffect[] => {
      const known = this.#known.get(fact.kind)?.get(fact.name);
      if (known === undefined) return [];
      known.completed = { position, at };
      return isOrdered(fact) ? [this.#write(fact, { position, at, isCompletion: true })] : [];
    });
  }

  /** `tool`: as `<upstream>/<tool>`, or empty where none was called. */
  noteDenial(tool = '', at = 0): NotedFacts {
    const name = this.#denials.has(tool) || this.#denials.size < mostFacts ? tool : '';
    this.#position += 1;
    const last = { position: this.#position, at };
    const before = this.#denials.get(name);
    this.#denied += 1;
    this.#denials.set(name, { times: (before?.times ?? 0) + 1, last });
    return {
      effects: [
        {
          ...{ kind: 'fact', task: this.#task, fact: 'denial', name },
          order: { ...last, isCompletion: false },
        },
      ],
      settle: (wasWritten) => {
        if (wasWritten) return;
        this.#denied -= 1;
        const denials = this.#denials.get(name);
        if (denials === undefined || denials.times <= 1) this.#denials.delete(name);
        else denials.times -= 1;
      },
    };
  }

  #begin(fact: TaskFact, moment: DoneMoment, isOrdered: boolean): Begun {
    const found = this.#knownOf(fact.kind).get(fact.name);
    const known = found ?? {
      ...{ isDurable: false, isOrderStored: false, pending: 0, last: UNORDERED },
      ...{ completed: undefined, arrived: 0 },
    };
    if (found === undefined) this.#knownOf(fact.kind).set(fact.name, known);
    const previous = known.last;
    known.last = moment;
    // A stored order that is no longer kept up would become a wrong one.
    const isWritten = !known.isDurable || isOrdered || known.isOrderStored;
    if (!isWritten) return { fact, known, previous, isOrdered, effect: null };
    known.pending += 1;
    const effect = this.#write(fact, isOrdered ? { ...moment, isCompletion: false } : undefined);
    return { fact, known, previous, isOrdered, effect };
  }

  #write({ kind, name }: TaskFact, order: FactEffect['order']): FactEffect {
    const effect = { kind: 'fact', task: this.#task, fact: kind, name } as const;
    return order === undefined ? effect : { ...effect, order };
  }

  #settle(
    { fact, known, previous, isOrdered, effect }: Begun,
    moment: DoneMoment,
    wasWritten: boolean,
  ): void {
    // What was not decided durably never went out.
    if (!wasWritten && known.last === moment) known.last = previous;
    if (effect === null) return;
    known.pending -= 1;
    known.isDurable ||= wasWritten;
    if (wasWritten) known.isOrderStored = isOrdered;
    if (!known.isDurable && known.pending === 0) this.#knownOf(fact.kind).delete(fact.name);
  }

  #select(selector: DoneSelector, now: number): readonly KnownFact[] {
    const known = this.#known.get(selector.kind);
    if (known === undefined) return [];
    if (!selector.name.endsWith('*') && selector.kind !== 'label') {
      const found = known.get(selector.name);
      return found === undefined ? [] : [found];
    }
    return [...known].flatMap(([name, fact]) => {
      if (!isSelected(selector, { kind: selector.kind, name })) return [];
      const isLifted = selector.kind === 'label' && this.#lifts.covers(toReadLabel(name, fact), now);
      return isLifted ? [] : [fact];
    });
  }

  #listRead(): readonly ReadLabel[] {
    return [...(this.#known.get('label') ?? [])].map(([name, fact]) => toReadLabel(name, fact));
  }

  #knownOf(kind: TaskFactKind): Map<string, KnownFact> {
    const known = this.#known.get(kind) ?? new Map<string, KnownFact>();
    this.#known.set(kind, known);
    return known;
  }
}

interface Begun {
  readonly fact: TaskFact;
  readonly known: KnownFact;
  readonly previous: DoneMoment;
  readonly isOrdered: boolean;
  /** Null where everything to be kept of it is durable already. */
  readonly effect: FactEffect | null;
}

function toReadLabel(name: string, { last, arrived }: KnownFact): ReadLabel {
  return { name, position: Math.max(last.position, arrived) };
}

function toOrdered(fact: {
  readonly kind: OrderedFact['kind'];
  readonly name: string;
  readonly times: number;
  readonly last: DoneMoment;
  readonly completed: DoneMoment;
}): OrderedFact {
  const { kind, name, times, last, completed } = fact;
  return {
    at: last.at,
    completedAt: completed.at,
    completedPosition: completed.position,
    kind,
    name,
    position: last.position,
    times,
  };
}

function toMoment(position = 0, at = 0): DoneMoment {
  return position > 0 ? { position, at } : UNORDERED;
}

/** Of moments of which one is not in order, the last is not known. */
function latest(moments: readonly DoneMoment[]): DoneMoment | undefined {
  if (moments.length === 0) return undefined;
  const isInOrder = moments.every(({ position }) => position > 0);
  return {
    position: isInOrder ? Math.max(...moments.map(({ position }) => position)) : 0,
    at: Math.max(...moments.map(({ at }) => at)),
  };
}

const nothing: NotedFacts = { effects: [], settle: () => undefined };
