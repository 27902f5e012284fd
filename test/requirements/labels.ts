import { behaviour, type Requirement } from './requirement.ts';

const labels = 'test/scenarios/task-labels.test.ts';

/** What is promised of labels of what agents read. */
export const labelBehaviours: readonly Requirement[] = [
  behaviour(
    'task.labels',
    labels,
    'What a task has read is known to every later decision in its line of tasks, also after a restart.',
  ),
  behaviour(
    'task.declassify',
    labels,
    'A person lifts a label of what was read with a passkey, for a while; an agent or an operator never does.',
  ),
  behaviour(
    'upstream.classified-results',
    labels,
    'Nothing is believed of the results of a tool before a person has confirmed it, nor after it changed.',
  ),
];
