import type { NotedFacts, TaskFact } from '../tasks/index.ts';
import { allows, type Decided } from './stages.ts';

/**
 * What the decision adds to the history of the task: what an allowed call reaches, or one more refusal. What asks a
 * person has done nothing yet, and is decided again. Throws `task.history_full`.
 */
export function noteFacts(decided: Decided): NotedFacts {
  const { task, ruling } = decided;
  if (ruling.effect === 'deny') return task.history.noteDenial();
  return task.history.note(allows(decided) ? listFacts(decided) : []);
}

/** Asking what there is, and being told of it, does nothing. */
const idle: ReadonlySet<string> = new Set(['discover', 'follow_up', 'notify']);

function listFacts({ message, target, tool, dataDomain, effects }: Decided): readonly TaskFact[] {
  if (idle.has(message.operation)) return [];
  return [
    { kind: 'upstream', name: target.name },
    // Whatever a call does, its answer comes back to the agent.
    { kind: 'data_domain', name: dataDomain },
    ...(tool === null ? [] : [{ kind: 'tool', name: `${target.name}/${tool.name}` } as const]),
    ...effects.map((name) => ({ kind: 'effect', name }) as const),
  ];
}
