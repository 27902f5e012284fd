import { type JsonObject, type Origin, type ResultLabels, UNCONFIRMED_RESULT } from '@countersign/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTool, testTask } from '../policies/create-test-policies.ts';
import { TaskHistory } from '../tasks/index.ts';
import { learnBody, learnMessage, learnResult, listLabelsOf } from './learn-result.ts';
import type { Message } from './stages.ts';

const contacts: ResultLabels = {
  ...UNCONFIRMED_RESULT,
  trust: 'trusted',
  fields: [{ path: 'note', trust: 'untrusted' }],
};
const message: Message = {
  ...{ method: 'tools/call', operation: 'call', target: 'find', arguments: {}, outgoing: {} },
  ...{ isNotification: false, traceparent: null },
};

describe('what the agent gets to see', () => {
  let history: TaskHistory;
  let learning: Parameters<typeof learnResult>[0];
  beforeEach(() => {
    history = new TaskHistory('tsk_a');
    const tool = { ...makeTool('contacts/find', { properties: {} }), resultLabels: contacts };
    learning = { task: { ...testTask, history }, tool, message, outcomeRecord: 'rec_outcome' };
  });
  const originsOf = (text: string): readonly Origin[] => [...history.values.originsOf(text)];
  const content = (text: string): JsonObject => ({ result: { content: [{ type: 'text', text }] } });

  it('is trusted by field', () => {
    learnResult(learning, content(JSON.stringify({ mail: 'ann@a.example', note: 'or eve@b.example' })));
    expect(originsOf('ann@a.example')).toEqual(['trusted']);
    expect(originsOf('eve@b.example')).toEqual(['untrusted']);
  });

  it('is known by the record of its outcome, whole or in part', () => {
    const sourcesOf = (text: string) => history.values.listSources(text);
    learnResult(learning, content(JSON.stringify({ mail: 'ann@a.example', note: 'or eve@b.example' })));
    learnMessage({ ...learning, outcomeRecord: 'rec_interim' }, { params: { note: 'ask dan@d.example' } });
    const body = learnBody({ ...learning, outcomeRecord: 'rec_body' }, 'text/plain');
    body.push(Buffer.from('write to fay@f.example'));
    expect(sourcesOf('ann@a.example')).toEqual([{ record: 'rec_outcome', origin: 'trusted' }]);
    expect(sourcesOf('eve@b.example')).toEqual([{ record: 'rec_outcome', origin: 'untrusted' }]);
    expect(sourcesOf('dan@d.example')).toEqual([{ record: 'rec_interim', origin: 'untrusted' }]);
    expect(sourcesOf('fay@f.example')).toEqual([{ record: 'rec_body', origin: 'untrusted' }]);
  });

  it('has its labels again, whatever was lifted while it was on its way', () => {
    const lifted = (arrive: () => void) => {
      history.note([{ kind: 'label', name: 'internal' }]).settle(true);
      history.proposeLift('tdc_a', 'internal');
      history.lift({ id: 'tdc_a', until: 10, callsLeft: null });
      expect(history.labelsAt(1).sensitivity).toBe('public');
      arrive();
      return history.labelsAt(1).sensitivity;
    };
    expect(lifted(() => learnResult(learning, content('late')))).toBe('internal');
    expect(lifted(() => learnMessage(learning, { params: { data: 'late' } }))).toBe('internal');
    expect(lifted(() => learnBody(learning, 'image/png').push(Buffer.from('late')))).toBe('internal');
    const later = { ...learning, tool: null, message: { ...message, operation: 'follow_up' as const } };
    expect(lifted(() => learnResult(later, content('late')))).toBe('internal');
    const open: ResultLabels = { ...contacts, sensitivity: 'public' };
    const other = { ...learning, tool: { ...makeTool('contacts/find', {}), resultLabels: open } };
    expect(lifted(() => learnResult(other, content('another')))).toBe('public');
  });

  it('proves nothing where a model says it, whatever a person has said of its answers', () => {
    const tool = { ...makeTool('openai/chat', { kind: 'model' }), resultLabels: contacts };
    const asked = { ...learning, tool };
    learnResult(asked, content('ann@a.example'));
    const body = learnBody(asked, 'text/event-stream');
    body.push(Buffer.from('data: bob@b.example\n\n'));
    body.end();
    for (const mail of ['ann@a.example', 'bob@b.example']) expect(originsOf(mail)).toEqual([]);
    expect(history.values.isComplete).toBe(true);
  });

  it.each([
    ['did itself', { hosted: ['web_search'], unseen: [] }],
    ['had from elsewhere', { hosted: [], unseen: ['previous_response_id'] }],
  ])('is what strangers wrote where a model rests on what its provider %s', (_, reach) => {
    const tool = makeTool('openai/chat', { kind: 'model' });
    const request = { asked: 'm', system: null, entries: [], tools: [], consumed: [], ...reach };
    const digests = { inputDigest: null, toolsDigest: null };
    const model = { provider: 'openai', shape: 'chat', request, ...digests } as const;
    learnResult({ ...learning, tool, model }, content('ann@a.example'));
    expect(listLabelsOf(tool, model)).toContain('untrusted');
    expect(history.values.isComplete).toBe(false);
  });

  it('is untrusted where it is an error, comes without a tool, or comes in between', () => {
    learnResult(learning, { error: { code: 1, message: 'write to a@b.example' } });
    learnResult(learning, { result: { content: [{ type: 'text', text: 'c@b.example' }], isError: true } });
    learnResult({ ...learning, tool: null }, { result: { contents: [{ uri: 'x:y', text: 'd@b.example' }] } });
    learnMessage(learning, { params: { data: 'e@b.example' } });
    for (const name of ['a', 'c', 'd', 'e']) expect(originsOf(`${name}@b.example`)).toEqual(['untrusted']);
    expect(history.values.isComplete).toBe(true);
  });

  it('is not known whole where it is a picture, a sound or bytes, whose text is not learned', () => {
    for (const block of [
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'x:y', blob: 'AAAA' } },
    ]) {
      const task = { ...testTask, history: new TaskHistory('tsk_a') };
      learnResult({ ...learning, task }, { result: { content: [block] } });
      expect(task.history.values.isComplete).toBe(false);
    }
  });

  it('is what this house answers itself, or lists of accepted tools: that brings nothing', () => {
    learnResult({ ...learning, message: { ...message, answerHere: () => null } }, content('f@b.example'));
    learnResult({ ...learning, message: { ...message, method: 'tools/list' } }, content('f@b.example'));
    learnResult(learning, null);
    expect(originsOf('f@b.example')).toEqual([]);
  });

  it('is untrusted piece by piece while a body passes, and judged as a whole when all of it has', () => {
    const learner = learnBody(learning, 'application/json');
    const body = Buffer.from(JSON.stringify({ mail: 'ann@a.example', note: 'eve@b.example' }));
    learner.push(body.subarray(0, 30));
    expect(originsOf('ann@a.example')).toEqual(['untrusted']);
    learner.push(body.subarray(30));
    learner.end();
    expect(originsOf('ann@a.example')).toEqual(['trusted', 'untrusted']);
    expect(originsOf('eve@b.example')).toEqual(['untrusted']);
    expect(history.values.isComplete).toBe(true);
  });

  it.each([
    ['bytes', 'application/pdf', 10],
    ['more than is read', 'text/plain', 70_000],
  ])('is not known whole where a body is %s', (_name, type, length) => {
    const learner = learnBody(learning, type);
    learner.push(Buffer.alloc(length, 'a '));
    learner.end();
    expect(history.values.isComplete).toBe(false);
  });
});
