import type { Claim } from './claim.ts';
import { countRecords, readText } from './count-records.ts';

const effectOf = (record: Parameters<typeof readText>[0]) => readText(record, 'effect') || 'unknown';

/** What agents tried, and what became of it. */
export const actionClaims: readonly Claim[] = [
  countRecords({
    id: 'calls-decided',
    sentence: 'Each call of a tool is decided by policy before it leaves, and the decision is recorded.',
    kinds: ['action.decision'],
    counted: 'decisions',
    by: effectOf,
  }),
  countRecords({
    id: 'calls-denied',
    sentence: 'Policy has denied calls.',
    kinds: ['action.decision'],
    where: (record) => effectOf(record) === 'deny',
    counted: 'calls denied by policy',
  }),
  countRecords({
    id: 'calls-asked',
    sentence: 'Policy has stopped calls until people decide.',
    kinds: ['action.decision'],
    where: (record) => effectOf(record) === 'step_up',
    counted: 'calls that waited for people',
  }),
  countRecords({
    id: 'calls-refused',
    sentence:
      'Calls that are refused on the way, and attempts that nobody could be identified for, are recorded.',
    kinds: ['action.refused'],
    counted: 'records of refused calls',
    by: (record) => readText(record, 'code') || 'unknown',
  }),
  countRecords({
    id: 'outcomes-recorded',
    sentence: 'What became of each call that left is recorded.',
    kinds: ['action.outcome'],
    counted: 'outcomes',
    by: (record) => readText(record, 'outcome') || readText(record, 'state') || 'told',
  }),
  countRecords({
    id: 'models-recorded',
    sentence: 'Calls of models are recorded with the model that answered, and a change of model is noted.',
    kinds: ['action.outcome', 'signal.model_changed'],
    where: ({ kind, body }) => kind === 'signal.model_changed' || body?.model !== undefined,
    counted: 'calls of models and changes of them',
  }),
  countRecords({
    id: 'prompts-recorded',
    sentence: 'What a person asked for is recorded with the task.',
    kinds: ['task.prompt_given', 'task.prompt_told'],
    counted: 'prompts',
  }),
  countRecords({
    id: 'sources-recorded',
    sentence: 'Where the arguments of calls came from is recorded.',
    kinds: ['action.intent'],
    where: ({ body }) => Array.isArray(body?.sources) && body.sources.length > 0,
    counted: 'calls with arguments that came out of earlier results',
  }),
  countRecords({
    id: 'labels-lifted',
    sentence: 'Only people lift the labels that a task got from what it read, and it is recorded.',
    kinds: ['task.declassified'],
    counted: 'liftings of labels',
  }),
  countRecords({
    id: 'code-execution-decided',
    sentence: 'Programs ask before they run tools of their own, such as shells.',
    kinds: ['action.intent'],
    where: (record) => readText(record, 'front') === 'hooks',
    counted: 'calls of tools inside programs that were decided before they ran',
  }),
  countRecords({
    id: 'tasks-bounded',
    sentence: 'Agents work in tasks that have a purpose and an end.',
    kinds: ['task.opened', 'task.ended'],
    counted: 'openings and ends of tasks',
  }),
  countRecords({
    id: 'work-held-up',
    sentence: 'Work that feeds on itself is held up.',
    kinds: ['task.paused', 'signal.circuit_opened'],
    counted: 'tasks held up and circuits opened',
  }),
];
