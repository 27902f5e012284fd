import type { Context } from '../context.ts';
import type { AppendEffect } from '../plugins/database/database.ts';
import type { NotedAt, NotedFacts, TaskFact } from '../tasks/index.ts';
import { listLabelsOf } from './learn-result.ts';
import { allows, type Decided } from './stages.ts';

/**
 * What the decision adds to the history of the task: what an allowed call reaches, or one more refusal. What asks a
 * person has done nothing yet, and is decided again. Throws `task.history_full`, `task.plan_changed`,
 * `task.labels_changed`.
 */
export function noteFacts(context: Pick<Context, 'platform' | 'policies'>, decided: Decided): NotedFacts {
  const { task, ruling, tool, target, message } = decided;
  const when = noteNow(context);
  if (ruling.effect === 'deny')
    return task.history.noteDenial(tool === null ? '' : `${target.name}/${tool.name}`, when.at);
  if (!allows(decided)) return task.history.note([], when);
  const used = usePlan(decided);
  try {
    const facts = listFacts(decided);
    if (!idle.has(message.operation)) task.history.useLifts(decided.lifts, when.at);
    return joinNoted(used, task.history.note(facts, when));
  } catch (error) {
    used?.settle(false);
    throw error;
  }
}

/** Takes from what an entry of the plan may be used for. Throws `task.plan_changed` when another call was faster. */
function usePlan({ task, facts }: Decided): NotedFacts | null {
  if (facts.plan?.state !== 'covered' || facts.plan.entry === null) return null;
  return task.history.plan.use(facts.plan.entry);
}

function joinNoted(used: NotedFacts | null, noted: NotedFacts): NotedFacts {
  if (used === null || used.effects.length === 0) return noted;
  return {
    effects: [...used.effects, ...noted.effects],
    settle(wasWritten) {
      used.settle(wasWritten);
      noted.settle(wasWritten);
    },
  };
}

/** That it ended well, for policies that ask for more than that it was begun. Returns what makes it durable. */
export function noteCompletion(
  context: Pick<Context, 'platform' | 'policies'>,
  decided: Decided,
): readonly AppendEffect[] {
  if (context.policies.live?.sequences.isEmpty !== false) return [];
  return decided.task.history.noteCompletion(listFacts(decided), noteNow(context));
}

function noteNow({ platform, policies }: Pick<Context, 'platform' | 'policies'>): NotedAt {
  return { at: platform.now(), isOrdered: (fact) => policies.live?.sequences.asksFor(fact) === true };
}

/** Asking what there is, and being told of it, does nothing. */
const idle: ReadonlySet<string> = new Set(['discover', 'follow_up', 'notify']);

/** Names and descriptions that nobody has accepted, unlike those of tools: whoever runs the upstream wrote them. */
const foreignLists: ReadonlySet<string> = new Set([
  'prompts/list',
  'resources/list',
  'resources/templates/list',
]);

function listFacts({ message, target, tool, dataDomain, effects, model }: Decided): readonly TaskFact[] {
  if (idle.has(message.operation)) {
    const isForeign = foreignLists.has(message.method) && message.answerHere === undefined;
    return isForeign ? [{ kind: 'label', name: 'untrusted' }] : [];
  }
  return [
    { kind: 'upstream', name: target.name },
    // Whatever a call does, its answer comes back to the agent.
    { kind: 'data_domain', name: dataDomain },
    ...(tool === null ? [] : [{ kind: 'tool', name: `${target.name}/${tool.name}` } as const]),
    ...effects.map((name) => ({ kind: 'effect', name }) as const),
    // Before the result is there: nobody knows how much of it the agent reads before a crash.
    ...listLabelsOf(tool, model).map((name) => ({ kind: 'label', name }) as const),
  ];
}
