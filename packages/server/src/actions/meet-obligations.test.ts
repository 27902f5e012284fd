import { type JsonObject, NO_OBLIGATIONS, NOTHING_MET, type Obligations } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { meetInterim } from './meet-interim.ts';
import { meetInResponse, requireMeetable } from './meet-obligations.ts';

const owe = (part: Partial<Obligations>): Obligations => ({ ...NO_OBLIGATIONS, ...part });
const reply = (result: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: 1, result });
const text = (value: string) => ({ type: 'text', text: value });
const meet = (result: JsonObject, part: Partial<Obligations>) =>
  meetInResponse('call', reply(result), owe(part));

describe('a redaction', () => {
  const part = { redact: ['/iban'] };

  it('reaches the structure, JSON in text, resources and what a task came to', () => {
    const data = '{"iban":"DE00","n":1}';
    const result = {
      structuredContent: { iban: 'DE00', n: 1 },
      content: [
        text(data),
        { type: 'resource', resource: { uri: 'a:b', text: data, _meta: { iban: 'DE00' } } },
      ],
      result: { content: [text(data)] },
      _meta: { note: 'DE00', 'io.modelcontextprotocol/serverInfo': { name: 's' } },
      extra: 'DE00',
    };
    const { response, met } = meet(result, part);
    expect(JSON.stringify(response)).not.toContain('DE00');
    expect(met).toEqual({ ...NOTHING_MET, redacted: 4 });
    expect(response.result).toMatchObject({
      structuredContent: { n: 1 },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 's' } },
    });
  });

  it.each<[string, JsonObject]>([
    ['words', { content: [text('your IBAN is DE00')] }],
    ['an error of the tool', { content: [text('no such IBAN: DE00')], isError: true }],
    ['a picture', { content: [{ type: 'image', data: 'DE00', mimeType: 'image/png' }] }],
    ['a link', { content: [{ type: 'resource_link', uri: 'bank://DE00', name: 'DE00' }] }],
    ['bytes of a resource', { contents: [{ uri: 'a:b', blob: 'DE00' }] }],
    ['words of a prompt', { messages: [{ role: 'user', content: text('DE00') }] }],
    ['content that is no list', { content: 'DE00' }],
    ['a block that is none', { content: ['DE00'] }],
    ['a message that is none', { messages: [{ role: 'user', content: 'DE00' }] }],
    ['a word about the state of a task', { taskId: 't', status: 'working', statusMessage: 'DE00' }],
  ])('withholds %s', (_, result) => {
    const { response } = meet(result, part);
    expect(JSON.stringify(response)).not.toContain('DE00');
  });

  it('withholds what an error says', () => {
    const response = { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'DE00', data: 'DE00' } };
    const done = meetInResponse('call', response, owe(part));
    expect(done.response).toMatchObject({ error: { code: -32_000 } });
    expect(JSON.stringify(done.response)).not.toContain('DE00');
  });

  it('refuses a question of the upstream', () => {
    const asks = { resultType: 'input_required', inputRequests: { a: { message: 'DE00?' } } };
    expect(() => meet(asks, part)).toThrow(expect.objectContaining({ code: 'action.obligation_unmet' }));
  });

  it('leaves nothing of the result’s words on the way', () => {
    const progress = { progressToken: 1, progress: 2, total: 3, message: 'DE00' };
    const owed = owe(part);
    expect(meetInterim({ method: 'notifications/progress', params: progress }, owed)).toEqual({
      method: 'notifications/progress',
      params: { progressToken: 1, progress: 2, total: 3 },
    });
    expect(meetInterim({ method: 'notifications/message', params: { data: 'DE00' } }, owed)).toBeNull();
    expect(meetInterim({ method: 'notifications/tasks', params: { result: 'DE00' } }, owed)).toBeNull();
    const changed = { method: 'notifications/tools/list_changed' };
    expect(meetInterim(changed, owed)).toBe(changed);
    const spoken = { method: 'notifications/progress', params: progress };
    expect(meetInterim(spoken, NO_OBLIGATIONS)).toBe(spoken);
  });
});

describe('a cap', () => {
  it('counts rows of arrays, lines and blocks, and says so in the result', () => {
    const result = {
      structuredContent: { rows: [1, 2, 3] },
      content: [text('[1,2,3]'), text('a\nb\nc'), text('more')],
    };
    const { response, met } = meet(result, { capRows: 2 });
    expect(met).toEqual({ ...NOTHING_MET, rowsCut: 4 - 1 + 0 + 1 });
    expect(response.result).toMatchObject({
      structuredContent: { rows: [1, 2] },
      content: [
        text('[1,2]'),
        text('a\nb'),
        text('[Countersign] Policy lets at most 2 rows through: 4 were cut off.'),
      ],
      _meta: { 'countersign/notice': ['Policy lets at most 2 rows through: 4 were cut off.'] },
    });
  });

  it('counts the bytes of all blocks together, and withholds a structure that is longer', () => {
    const result = {
      structuredContent: { long: 'x'.repeat(100) },
      content: [text('12345'), text('67890'), { type: 'image', data: 'A'.repeat(40), mimeType: 'image/png' }],
    };
    const { response, met } = meet(result, { capBytes: 8 });
    expect(response.result).toMatchObject({
      content: [
        text('12345'),
        text('678'),
        text('[withheld by policy]'),
        expect.anything(),
        expect.anything(),
      ],
      // Its client was promised a structure.
      isError: true,
    });
    expect(response.result).not.toHaveProperty('structuredContent');
    expect(met.withheld).toBe(2);
    expect(met.bytesCut).toBeGreaterThan(100);
  });

  it('changes nothing that is within it', () => {
    const response = reply({ content: [text('short')], other: { kept: true } });
    const done = meetInResponse('call', response, owe({ capRows: 5, capBytes: 500 }));
    expect(done.response).toEqual(response);
    expect(done.met).toEqual(NOTHING_MET);
  });
});

describe('a notice', () => {
  it('is read by the model and by programs, also of what a task came to', () => {
    const part = { notices: ['Do not pass this on.'] };
    const { response } = meet({ content: [text('x')], _meta: { theirs: 1 } }, part);
    expect(response.result).toMatchObject({
      content: [text('x'), text('[Countersign] Do not pass this on.')],
      _meta: { theirs: 1, 'countersign/notice': ['Do not pass this on.'] },
    });
    const nested = meet({ taskId: 't', result: { content: [] } }, part).response.result;
    expect(nested).toMatchObject({ result: { content: [text('[Countersign] Do not pass this on.')] } });
    expect(meet({ contents: [] }, part).response.result).toMatchObject({
      _meta: { 'countersign/notice': ['Do not pass this on.'] },
    });
  });
});

describe('what is free', () => {
  it('passes as it came', () => {
    const response = reply({ content: [text('x')] });
    expect(meetInResponse('call', response, NO_OBLIGATIONS).response).toBe(response);
    const owed = owe({ redact: ['/a'] });
    expect(meetInResponse('discover', response, owed).response).toBe(response);
    const empty = { jsonrpc: '2.0', id: 1 };
    expect(meetInResponse('call', empty, owed).response).toBe(empty);
  });

  it('is refused ahead where nothing could meet it', () => {
    const refused = expect.objectContaining({ code: 'action.obligation_unmet' });
    for (const part of [{ redact: ['/a'] }, { capRows: 1 }, { capBytes: 1 }]) {
      expect(() => requireMeetable('complete', owe(part))).toThrow(refused);
      expect(() => requireMeetable('call', owe(part))).not.toThrow();
    }
    expect(() => requireMeetable('complete', owe({ notices: ['x'] }))).not.toThrow();
  });
});
