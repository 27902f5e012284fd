import { behaviour } from './requirement.ts';

const proof = 'test/scenarios/cascades.test.ts';

/** What must not follow what, and how work that feeds on itself is held up. */
export const cascades = [
  behaviour(
    'policy.sequences',
    'test/scenarios/sequences.test.ts',
    'A policy counts once a task has come to it and until it is settled, across child tasks and restarts, and what only began settles nothing.',
  ),
  behaviour(
    'task.loop',
    proof,
    'A runaway loop ends within the calls that are set; its owner is told and resumes it.',
  ),
  behaviour('task.fan-out', proof, 'Tasks that make tasks without end are refused, and then held up.'),
  behaviour(
    'task.retry-storm',
    proof,
    'A tool that fails is left alone for a while; then one call finds out whether it answers again.',
  ),
  behaviour(
    'task.denied-goal',
    proof,
    'What was refused and is tried another way counts against the task, until it is held up, also over a restart.',
  ),
  behaviour(
    'task.no-foreign-pause',
    proof,
    'An agent holds up neither the task it works for nor another agent, and begins no count anew by opening tasks inside.',
  ),
];
