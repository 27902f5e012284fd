import { type Spending, TaskHistory } from '../../tasks/index.ts';
import type { UsedToday } from '../limits/index.ts';
import type { RequestFacts } from './request-facts.ts';
import { UnknownFact } from './unknown-fact.ts';

/** What was done in a task, as it was when the decision was made. */
export function readHistory(taskId: string, facts: RequestFacts | undefined): TaskHistory {
  if (facts?.history == null) return new UnknownHistory(taskId);
  const { dataDomains, denials, effects, tools, upstreams } = facts.history;
  const done = (fact: 'data_domain' | 'effect' | 'tool' | 'upstream', names: readonly string[]) =>
    names.map((name) => ({ fact, name, times: 1 }));
  return new TaskHistory(taskId, [
    ...done('data_domain', dataDomains),
    ...done('effect', effects),
    ...done('tool', tools),
    ...done('upstream', upstreams),
    { fact: 'denial', name: '', times: denials },
  ]);
}

class UnknownHistory extends TaskHistory {
  override get denials(): number {
    throw new UnknownFact('context.task.facts');
  }

  override list(): readonly string[] {
    throw new UnknownFact('context.task.facts');
  }
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
