import { describe, expect, it } from 'vitest';
import { CAUSAL_LINKS } from './causal-graph.ts';
import { makeCausal } from './create-test-source.ts';
import { type DescribedRecord, describeLink, describeRecord } from './describe-record.ts';

const say = (kind: string, more: Partial<DescribedRecord> = {}) =>
  describeRecord({ ...makeCausal('rec_a', { kind }), ...more });
const pay = { upstream: 'bank', tool: 'pay' };

describe('describeRecord', () => {
  it.each<[string, Partial<DescribedRecord>, string]>([
    [
      'action.intent',
      { ...pay, body: { arguments: { to: 'DE' } } },
      'bank/pay was asked for with {"to":"DE"}',
    ],
    [
      'action.intent',
      { upstream: 'bank', body: { method: 'tools/list', arguments: {} } },
      'bank tools/list was asked for',
    ],
    [
      'action.decision',
      { ...pay, body: { effect: 'step_up', policies: ['ask'] } },
      'bank/pay: a person has to be asked by ask',
    ],
    [
      'action.decision',
      { ...pay, body: { effect: 'allow', decidedBy: 'approval', policies: [] } },
      'bank/pay: allow as approved',
    ],
    ['action.release', pay, 'bank/pay was let go as approved'],
    ['action.outcome', { ...pay, body: { status: 'completed' } }, 'bank/pay: completed'],
    ['action.reported', { ...pay, body: { status: 'completed' } }, 'bank/pay, as its caller says: completed'],
    ['action.refused', { body: { code: 'action.denied' } }, 'a call was refused: action.denied'],
    [
      'approval.voted',
      { person: 'per_a', body: { choice: 'approve', credentialId: 'c' } },
      'per_a said approve with a passkey',
    ],
    ['approval.voted', { person: 'per_a', body: { choice: 'deny' } }, 'per_a said deny'],
    ['approval.requested', { approval: 'apr_a' }, 'people were asked (apr_a)'],
    ['approval.granted', { approval: 'apr_a' }, 'enough people have approved (apr_a)'],
    ['approval.denied', {}, 'it was denied ()'],
    ['task.opened', { task: 'tsk_a', body: { purpose: 'To pay' } }, 'task tsk_a was opened: To pay'],
    [
      'task.prompt_given',
      { task: 'tsk_a', body: { prompt: 'Tidy up' } },
      'task tsk_a was given the prompt: Tidy up',
    ],
    ['task.prompt_told', { task: 'tsk_a' }, 'a later prompt was told of in task tsk_a'],
    ['task.span_told', { body: { operation: 'chat', name: 'chat x' } }, 'chat chat x, as the agent says'],
    [
      'delegation.created',
      { agent: 'agt_a', person: 'per_a', body: { by: 'person:per_a', purpose: 'To pay' } },
      'agt_a may act for per_a: To pay',
    ],
    [
      'delegation.created',
      { agent: 'agt_b', person: 'per_a', body: { by: 'agt_a', purpose: 'x' } },
      'agt_b may act for per_a, given by agt_a: x',
    ],
    [
      'policy.activated',
      { policyVersion: 'pol_1', body: { by: 'operator' } },
      'policies pol_1 went live, by operator',
    ],
    ['agent.registered', { agent: 'agt_a' }, 'agent agt_a was registered'],
    ['person.left', { person: 'per_a', body: { reason: 'scim' } }, 'person.left scim (per_a)'],
    ['server.started', {}, 'server.started'],
    ['action.outcome', { erased: true }, 'action.outcome, erased'],
  ])('%s', (kind, more, sentence) => {
    expect(say(kind, more)).toBe(sentence);
  });

  it('is one short line, whatever was written', () => {
    const text = say('task.opened', { task: 'tsk_a', body: { purpose: `a\n\nb${'\u{1f600}'.repeat(500)}` } });
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain('a b');
    expect(say('action.refused', { body: JSON.parse('{"__proto__":{"code":"x"}}') })).toBe(
      'a call was refused: ',
    );
  });
});

describe('describeLink', () => {
  it('has words for every link but the plain one', () => {
    const words = CAUSAL_LINKS.map((link) => describeLink({ link, detail: '/to (untrusted)' }));
    expect(words.every((text) => text !== '')).toBe(true);
    expect(words).toContain('argument /to (untrusted) came out of');
    expect(describeLink({ link: 'prompt' })).toBe('prompted by:');
    expect(describeLink({ link: 'cause' })).toBe('');
    expect(describeLink({ link: 'value' })).toBe('argument came out of');
  });
});
