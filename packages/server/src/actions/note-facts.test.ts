import { describe, expect, it } from 'vitest';
import { testTask } from '../policies/create-test-policies.ts';
import { TaskHistory } from '../tasks/index.ts';
import { noteFacts } from './note-facts.ts';
import type { Decided, Message } from './stages.ts';

const asking: Message = {
  ...{ method: 'prompts/list', operation: 'discover', target: '', arguments: {}, outgoing: {} },
  ...{ isNotification: false, traceparent: null },
};

function noteAfter(message: Message): TaskHistory {
  const history = new TaskHistory('tsk_a');
  const decided: Pick<Decided, 'task' | 'tool' | 'message' | 'approval'> & {
    readonly ruling: object;
    readonly facts: object;
  } = {
    ...{ task: { ...testTask, history }, tool: null, message, approval: null, grant: null },
    ...{ ruling: { effect: 'allow' }, facts: {} },
  };
  const context = { platform: { now: () => 1 }, policies: { live: undefined } };
  noteFacts(context as unknown as Parameters<typeof noteFacts>[0], decided as Decided).settle(true);
  return history;
}

describe('asking what there is', () => {
  it.each(['prompts/list', 'resources/list', 'resources/templates/list'])(
    'brings the words of strangers with %s of an upstream',
    (method) => {
      const history = noteAfter({ ...asking, method });
      expect(history.labelsAt(1).trust).toBe('untrusted');
      expect(history.hasBegun).toBe(true);
    },
  );

  it.each<[string, Message]>([
    ['tools, whose definitions a person accepted', { ...asking, method: 'tools/list' }],
    ['what this server answers', { ...asking, answerHere: () => null }],
  ])('brings none with %s', (_, message) => {
    const history = noteAfter(message);
    expect(history.labelsAt(1).trust).toBe('trusted');
    expect(history.hasBegun).toBe(false);
  });
});
