import { NO_GRANT, type Origin, ValueIndex } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { testTask } from '../policies/create-test-policies.ts';
import { learnOpening } from './learn-opening.ts';
import { learnPlan } from './learn-plan.ts';

const [link] = testTask.chain;
if (link === undefined) throw new Error('a task stands on a delegation');
const rule = (value: string) => ({ action: '*', path: '/to', rule: { oneOf: [value] } });
const given = {
  ...link,
  purpose: 'To serve eva@a.example',
  limits: { ...link.limits, arguments: [rule('bob@a.example')] },
};
const opening = {
  chain: [given],
  openedRecord: 'rec_opened',
  parentIds: [],
  purpose: 'To tell carl@a.example',
  prompt: 'Ask dora@a.example',
};

function originsAfter(learn: (values: ValueIndex) => void): (text: string) => readonly Origin[] {
  const values = new ValueIndex();
  learn(values);
  return (text) => [...values.originsOf(text)];
}

describe('learnOpening', () => {
  it('learns the words of the person, and of the delegation that the person gave', () => {
    const originsOf = originsAfter((values) => learnOpening(values, opening));
    expect(originsOf('dora@a.example')).toEqual(['prompt']);
    expect(originsOf('carl@a.example')).toEqual(['prompt']);
    expect(originsOf('bob@a.example')).toEqual(['delegation']);
    expect(originsOf('eva@a.example')).toEqual(['delegation']);
  });

  it.each([
    ['opens while it works on another task', { ...opening, parentIds: ['tsk_a'] }],
    ['was given authority for by another agent', { ...opening, chain: [given, given] }],
  ])('takes nothing for the person’s words that an agent says in a task it %s', (_name, task) => {
    const originsOf = originsAfter((values) => learnOpening(values, task));
    expect(originsOf('dora@a.example')).toEqual([]);
    expect(originsOf('carl@a.example')).toEqual([]);
    expect(originsOf('bob@a.example')).toEqual(['delegation']);
  });

  it('takes nothing for the person’s words that an agent said, once a person has signed theirs', () => {
    const originsOf = originsAfter((values) => learnOpening(values, opening, true));
    expect([originsOf('dora@a.example'), originsOf('carl@a.example')]).toEqual([[], []]);
    expect(originsOf('bob@a.example')).toEqual(['delegation']);
  });

  it('takes nothing from a limit that an agent set when it passed authority on', () => {
    const passed = { ...given, limits: { ...given.limits, arguments: [rule('mallory@b.example')] } };
    const originsOf = originsAfter((values) => learnOpening(values, { ...opening, chain: [given, passed] }));
    expect(originsOf('mallory@b.example')).toEqual([]);
  });
});

describe('learnPlan', () => {
  const entry = (id: string, value: string, uses: number | null) => ({
    ...({ id, tool: 'mail/send', source: 'approval', asks: false, because: 'approved', uses } as const),
    arguments: [{ pointer: '/to', role: 'destination', values: [value], origins: [], refused: [] } as const],
  });
  const plan = {
    bounds: new Map([['3', { task: null, expiresAt: 1 }]]),
    confirmedBy: null,
    grant: {
      ...NO_GRANT,
      entries: [
        entry('1', 'bob@a.example', null),
        entry('2', 'carl@a.example', 1),
        entry('3', 'dora@a.example', null),
      ],
    },
    prompt: 'Ask eva@a.example',
  };

  it('learns no value that was approved: it is good for what was on the page, whatever else could use it', () => {
    const originsOf = originsAfter((values) => learnPlan(values, plan));
    for (const value of ['bob@a.example', 'carl@a.example', 'dora@a.example', 'eva@a.example'])
      expect(originsOf(value)).toEqual([]);
  });

  it('learns a prompt that a person signed', () => {
    const originsOf = originsAfter((values) => learnPlan(values, { ...plan, confirmedBy: 'per_a' }));
    expect(originsOf('eva@a.example')).toEqual(['prompt']);
  });
});
