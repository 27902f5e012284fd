import { describe, expect, it } from 'vitest';
import { makeTestRecord } from '../../plugins/database/open-test-store.ts';
import { listChanges } from './list-changes.ts';

describe('what records tell other gateways', () => {
  it('is where to look, once, and nothing of what they say', () => {
    const records = [
      makeTestRecord(1, { kind: 'task.ended', task: 'tsk_1', body: { reason: 'secret words' } }),
      makeTestRecord(2, { kind: 'task.ended', task: 'tsk_1' }),
      makeTestRecord(3, { kind: 'signal.stopped' }),
      makeTestRecord(4, { kind: 'policy.activated' }),
      makeTestRecord(5, { kind: 'upstream.tool_accepted', upstream: 'payments' }),
      makeTestRecord(6, { kind: 'approval.granted', approval: 'apr_1' }),
    ];
    expect(listChanges(records)).toEqual([
      { kind: 'task', subject: 'tsk_1' },
      { kind: 'stops' },
      { kind: 'policies' },
      { kind: 'upstream', subject: 'payments' },
      { kind: 'approval', subject: 'apr_1' },
    ]);
  });

  it('is nothing for calls, which nobody else remembers', () => {
    const kinds = ['action.intent', 'action.decision', 'action.outcome', 'person.signed_in'] as const;
    expect(listChanges(kinds.map((kind, number) => makeTestRecord(number, { kind })))).toEqual([]);
  });
});
