import { expect, it } from 'vitest';
import { recordKinds } from './records.ts';
import { retentionClassOf } from './retention-class.ts';

// Records of a kind that changed its class would read as damaged, all that were erased included.
it('keeps every kind in the class it has always had', () => {
  const content = recordKinds.filter((kind) => retentionClassOf(kind) === 'content');
  expect([...content].sort()).toEqual([
    'action.intent',
    'action.outcome',
    'action.refused',
    'action.reported',
    'task.prompt_given',
    'task.prompt_told',
    'task.span_told',
  ]);
  for (const kind of recordKinds.filter((kind) => !content.includes(kind))) {
    const [noun = ''] = kind.split('.');
    const isDecision = ['approval', 'policy', 'delegation', 'task'].includes(noun);
    const isDecided = kind === 'action.decision' || kind === 'action.release';
    const rest = noun === 'person' ? 'identity' : 'operation';
    expect([kind, retentionClassOf(kind)]).toEqual([kind, isDecision || isDecided ? 'decision' : rest]);
  }
});
