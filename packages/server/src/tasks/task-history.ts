import { AppError } from '@countersign/api';
import type { AppendEffect } from '../plugins/database/database.ts';
import type { TaskFactKind } from '../plugins/database/schema.ts';

/** One thing that was done in a task. */
export interface TaskFact {
  readonly kind: Exclude<TaskFactKind, 'denial'>;
  readonly name: string;
}

/** What was noted together: its effects go into the durable write of the decision that brought it about. */
export interface NotedFacts {
  readonly effects: readonly AppendEffect[];
  /** Called once, when that write is done or has failed. */
  settle(wasWritten: boolean): void;
}

interface KnownFact {
  isDurable: boolean;
  /** Decisions that noted it and are not written yet. */
  pending: number;
}

const mostFacts = 256;

/**
 * What has been done so far in a task, shared with the tasks that it works for and that work for it: an agent loses no
 * history by opening another task inside. Bounded by refusing what it could not remember.
 */
export class TaskHistory {
  readonly #task: string;
  readonly #known = new Map<TaskFactKind, Map<string, KnownFact>>();
  #denials = 0;

  /** `task`: the first of those that work for each other. */
  constructor(
    task: string,
    stored: readonly { readonly fact: TaskFactKind; readonly name: string; readonly times: number }[] = [],
  ) {
    this.#task = task;
    for (const { fact, name, times } of stored) {
      if (fact === 'denial') this.#denials += times;
      else this.#knownOf(fact).set(name, { isDurable: true, pending: 0 });
    }
  }

  /** Refused calls. */
  get denials(): number {
    return this.#denials;
  }

  list(kind: TaskFact['kind']): readonly string[] {
    const known = this.#known.get(kind);
    return known === undefined ? [] : [...known.keys()];
  }

  /** Counts at once, for calls that are decided meanwhile. Throws `task.history_full`, and notes nothing then. */
  note(facts: readonly TaskFact[]): NotedFacts {
    const missing = facts.filter(({ kind, name }) => this.#knownOf(kind).get(name)?.isDurable !== true);
    if (missing.length === 0) return nothing;
    for (const { kind, name } of missing) {
      const known = this.#knownOf(kind);
      if (!known.has(name) && known.size >= mostFacts) throw new AppError('task.history_full');
    }
    for (const { kind, name } of missing) {
      const fact = this.#knownOf(kind).get(name) ?? { isDurable: false, pending: 0 };
      fact.pending += 1;
      this.#knownOf(kind).set(name, fact);
    }
    return {
      effects: missing.map(({ kind, name }) => ({ kind: 'fact', task: this.#task, fact: kind, name })),
      settle: (wasWritten) => {
        for (const fact of missing) this.#settle(fact, wasWritten);
      },
    };
  }

  noteDenial(): NotedFacts {
    this.#denials += 1;
    return {
      effects: [{ kind: 'fact', task: this.#task, fact: 'denial', name: '' }],
      settle: (wasWritten) => {
        if (!wasWritten) this.#denials -= 1;
      },
    };
  }

  #settle({ kind, name }: TaskFact, wasWritten: boolean): void {
    const fact = this.#knownOf(kind).get(name);
    if (fact === undefined) return;
    fact.pending -= 1;
    fact.isDurable ||= wasWritten;
    if (!fact.isDurable && fact.pending === 0) this.#knownOf(kind).delete(name);
  }

  #knownOf(kind: TaskFactKind): Map<string, KnownFact> {
    const known = this.#known.get(kind) ?? new Map<string, KnownFact>();
    this.#known.set(kind, known);
    return known;
  }
}

const nothing: NotedFacts = { effects: [], settle: () => undefined };
