import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../ledger/record.ts';
import { listActions } from './list-actions.ts';

let seq = 0;
const record = (kind: LedgerRecord['kind'], body: LedgerRecord['body'] = {}, more = {}): LedgerRecord => {
  seq += 1;
  return {
    seq,
    id: `rec_${seq}`,
    kind,
    at: seq,
    causes: [],
    erased: false,
    action: 'act_1',
    agent: 'agt_1',
    upstream: 'payments',
    tool: 'pay',
    body,
    ...more,
  };
};
const intent = () => record('action.intent', { method: 'tools/call', arguments: { to: 'x' } });

describe('listActions', () => {
  it('tells an allowed call with its arguments and its end', () => {
    const records = [
      intent(),
      record('action.decision', { effect: 'allow', policies: ['read'] }),
      record('action.outcome', { status: 'completed' }),
    ];
    expect(listActions(records)).toMatchObject([
      { mark: 'allow', verdict: 'allow', why: 'read · done', target: 'payments/pay', arguments: { to: 'x' } },
    ]);
  });

  it('tells a call that waits for a person, and what became of it', () => {
    const asked = [
      intent(),
      record('action.decision', { effect: 'step_up', policies: ['ask'] }),
      record('approval.requested', {}, { approval: 'apr_1' }),
    ];
    expect(listActions(asked)).toMatchObject([
      { mark: 'ask', verdict: 'ask', why: 'ask', approval: 'apr_1' },
    ]);
    const denied = [...asked, record('approval.denied', {}, { approval: 'apr_1' })];
    expect(listActions(denied)).toMatchObject([{ mark: 'ask', why: 'ask · denied' }]);
  });

  it.each([
    [{ effect: 'deny', policies: [] }, 'no policy permits it'],
    [{ effect: 'deny', policies: ['never'] }, 'never'],
    [{ effect: 'deny', decidedBy: 'limits', policies: [] }, 'outside its limits'],
  ])('tells why a call was denied: %j', (body, why) => {
    expect(listActions([record('action.decision', body)])).toMatchObject([{ mark: 'deny', why }]);
  });

  it('tells a refusal by its code, also after a decision', () => {
    const records = [
      intent(),
      record('action.decision', { effect: 'allow' }),
      record('action.refused', { code: 'upstream.timed_out' }),
    ];
    expect(listActions(records)).toMatchObject([
      { mark: 'deny', verdict: 'refuse', why: 'upstream.timed_out' },
    ]);
  });

  it('leaves out what is not decided yet and what is no call, and puts the newest first', () => {
    const records = [
      record('task.opened', {}, { action: undefined }),
      record('action.decision', { effect: 'allow' }, { action: 'act_1' }),
      record('action.decision', { effect: 'allow' }, { action: 'act_2' }),
      record('action.intent', {}, { action: 'act_3' }),
    ];
    expect(listActions(records).map(({ action }) => action)).toEqual(['act_2', 'act_1']);
  });

  it('reads bodies that are not as expected without failing', () => {
    const odd = record('action.decision', { effect: 7, policies: 'x', decidedBy: null });
    expect(listActions([record('action.intent', { arguments: [1] }), odd])).toMatchObject([
      { mark: 'deny', arguments: undefined },
    ]);
    expect(listActions([{ ...odd, erased: true, body: undefined } as unknown as LedgerRecord])).toHaveLength(
      1,
    );
  });
});
