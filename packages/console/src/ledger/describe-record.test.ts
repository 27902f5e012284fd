import { recordKinds } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { describeRecord } from './describe-record.ts';
import type { LedgerRecord } from './record.ts';

const record = (kind: LedgerRecord['kind'], body: LedgerRecord['body'] = {}): LedgerRecord => ({
  seq: 1,
  id: 'rec_1',
  kind,
  at: 0,
  causes: [],
  erased: false,
  body,
});

describe('describeRecord', () => {
  it.each([
    ['action.decision', { effect: 'allow', policies: ['a', 'b'] }, 'allow', 'allow', 'a, b'],
    ['action.decision', { effect: 'allow', decidedBy: 'approval' }, 'allow', 'allow', 'a person approved'],
    ['action.decision', { effect: 'step_up', policies: ['a'] }, 'ask', 'ask', 'a'],
    ['action.outcome', { status: 'completed', upstreamMilliseconds: 3 }, 'none', 'completed', '3 ms'],
    ['action.outcome', { status: 'cut', code: 'signal.stopped' }, 'deny', 'cut', 'signal.stopped'],
    ['action.refused', { code: 'task.not_open' }, 'deny', 'refused', 'task.not_open'],
    ['approval.denied', { reason: 'no' }, 'deny', 'denied', 'no'],
    ['signal.stopped', { scope: 'agent', reason: 'odd' }, 'deny', 'stopped', 'agent: odd'],
    ['agent.state_changed', { from: 'active', to: 'suspended' }, 'none', '', 'active → suspended'],
  ] as const)('puts %s %j in a line', (kind, body, mark, verdict, words) => {
    expect(describeRecord(record(kind, body))).toEqual({ mark, verdict, words });
  });

  it('has a line for every kind, whatever its body holds and when it was erased', () => {
    for (const kind of recordKinds) {
      for (const body of [undefined, {}, { effect: [], status: {}, reason: 1, policies: { a: null } }]) {
        const { words, verdict } = describeRecord({ ...record(kind), body } as LedgerRecord);
        expect([typeof words, typeof verdict]).toEqual(['string', 'string']);
      }
    }
  });
});
