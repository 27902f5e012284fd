import type { DoneKind, DoneMoment, DoneSelector, RaisedRisks } from '@countersign/core';
import { type Spending, type StoredFact, TaskHistory } from '../../tasks/index.ts';
import type { DataFlow } from '../decide/data-flow.ts';
import type { RoleTrace } from '../decide/trace-call.ts';
import type { UsedToday } from '../limits/index.ts';
import type { PlanFacts } from '../policy-state.ts';
import type { RequestFacts } from './request-facts.ts';
import { UnknownFact } from './unknown-fact.ts';

/** What was done in a task, as it was when the decision was made. */
export function readHistory(taskId: string, facts: RequestFacts | undefined): TaskHistory {
  const { RecordedHistory, UnknownHistory } = histories();
  if (facts?.history == null) return new UnknownHistory(taskId);
  const { dataDomains, denials, effects, labels, order, tools, upstreams } = facts.history;
  const ordered = new Map(order?.facts.map((fact) => [`${fact.kind} ${fact.name}`, fact]));
  const done = (fact: DoneKind, names: readonly string[]) =>
    names.map((name) => toStored(fact, name, ordered.get(`${fact} ${name}`)));
  const refused = order?.facts.filter(({ kind }) => kind === 'denial') ?? [];
  const counted = refused.reduce((sum, { times }) => sum + times, 0);
  const stored: readonly StoredFact[] = [
    ...done('data_domain', dataDomains),
    ...done('effect', effects),
    ...done('label', labels),
    ...done('tool', tools),
    ...done('upstream', upstreams),
    ...refused.map((fact) => toStored('denial', fact.name, fact)),
    { fact: 'denial', name: '', times: denials - counted },
  ];
  const spent = order?.spentMinor;
  return new RecordedHistory(taskId, stored, { hasOrder: order !== undefined, spent });
}

type Ordered = NonNullable<NonNullable<RequestFacts['history']>['order']>['facts'][number];

function toStored(fact: StoredFact['fact'], name: string, order: Ordered | undefined): StoredFact {
  if (order === undefined) return { fact, name, times: 1 };
  return {
    ...{ fact, name, times: order.times },
    ...{ last_position: order.position, last_at: order.at },
    ...{ completed_position: order.completedPosition, completed_at: order.completedAt },
  };
}

const unknownOrder = 'the order of what was done in the task';

type Histories = ReturnType<typeof defineHistories>;
let defined: Histories | undefined;

/** Made when first used: tasks and policies import each other, and one of the two is not there yet as the other loads. */
function histories(): Histories {
  defined ??= defineHistories();
  return defined;
}

function defineHistories() {
  // By a name of its own: what is extended by its imported name is read as the file loads, where tests are run.
  const History = TaskHistory;
  /** Says so where an order is asked for that was not kept. */
  class RecordedHistory extends History {
    readonly #hasOrder: boolean;
    readonly #spent: number | undefined;

    constructor(
      task: string,
      stored: readonly StoredFact[],
      kept: { readonly hasOrder: boolean; readonly spent: number | undefined },
    ) {
      super(task, stored);
      this.#hasOrder = kept.hasOrder;
      this.#spent = kept.spent;
    }

    override get spentMinor(): number {
      if (this.#spent === undefined) throw new UnknownFact('what the tasks of the line had spent');
      return this.#spent;
    }

    override lastBegun(selector: DoneSelector, now: number): DoneMoment | undefined {
      const moment = super.lastBegun(selector, now);
      if (moment?.position === 0) throw new UnknownFact(unknownOrder);
      return moment;
    }

    override lastCompleted(selector: DoneSelector, now: number): DoneMoment | undefined {
      // Whether it was completed says only an order.
      if (super.lastBegun(selector, now)?.position === 0) throw new UnknownFact(unknownOrder);
      return super.lastCompleted(selector, now);
    }

    override denialsOf(selector: DoneSelector | null) {
      if (!this.#hasOrder && this.denials > 0) throw new UnknownFact('which tools had been refused');
      return super.denialsOf(selector);
    }
  }

  class UnknownHistory extends History {
    override get denials(): number {
      throw new UnknownFact('context.task.facts');
    }

    override get spentMinor(): number {
      throw new UnknownFact('what the tasks of the line had spent');
    }

    override list(): readonly string[] {
      throw new UnknownFact('context.task.facts');
    }

    override lastBegun(): DoneMoment | undefined {
      throw new UnknownFact(unknownOrder);
    }

    override lastCompleted(): DoneMoment | undefined {
      throw new UnknownFact(unknownOrder);
    }

    override denialsOf(): never {
      throw new UnknownFact('which tools had been refused');
    }
  }

  return { RecordedHistory, UnknownHistory };
}

/** What the task had used, or something that says that nobody knows when it is read. */
export function readUsage(facts: RequestFacts | undefined): Spending {
  if (facts !== undefined) return facts.used;
  const unknown = (): never => {
    throw new UnknownFact('context.task.calls, spendMinor, rows and bytes');
  };
  return Object.defineProperties({} as Spending, {
    calls: { get: unknown },
    spendMinor: { get: unknown },
    rows: { get: unknown },
    bytes: { get: unknown },
  });
}

/** Nobody's risk was ever raised before it was noted. */
export function readRisks(facts: RequestFacts | undefined): RaisedRisks | undefined {
  return facts?.risks && new Map(facts.risks.map(({ level, person }) => [person, level]));
}

/** What was used of the day; kept only where a policy in force read it. */
export function readToday(facts: RequestFacts | undefined): UsedToday {
  if (facts?.today != null) return facts.today;
  const unknown = (): never => {
    throw new UnknownFact('context.today');
  };
  return Object.defineProperties({} as UsedToday, {
    agentCalls: { get: unknown },
    agentSpendMinor: { get: unknown },
    ownerSpendMinor: { get: unknown },
  });
}

/** Says that nobody knows it when it is read. */
export const unknownFlow: DataFlow = {
  get labels(): never {
    throw new UnknownFact('context.task.labels');
  },
  get egress(): never {
    throw new UnknownFact('context.egress');
  },
  get audience(): never {
    throw new UnknownFact('context.audience');
  },
};

/** What the plan said of the call; kept only where a policy in force read it. */
export function readPlanFacts(facts: RequestFacts | undefined): PlanFacts {
  if (facts?.plan != null) return { state: facts.plan.state, confirmed: facts.plan.confirmed };
  const unknown = (): never => {
    throw new UnknownFact('context.plan');
  };
  return Object.defineProperties({} as PlanFacts, {
    state: { get: unknown, enumerable: true },
    confirmed: { get: unknown, enumerable: true },
  });
}

/** Where the arguments came from; nothing can find it out again. */
export function readProvenance(facts: RequestFacts | undefined): () => readonly RoleTrace[] {
  const noted = facts?.provenance?.map((one) => ({ ...one, origins: new Set(one.origins) }));
  return () => {
    if (noted === undefined) throw new UnknownFact('context.provenance');
    return noted;
  };
}
