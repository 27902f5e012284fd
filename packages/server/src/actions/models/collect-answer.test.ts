import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { collectAnswer, readWholeAnswer } from './collect-answer.ts';
import { digestArguments } from './model-request.ts';
import type { ModelShape } from './read-model-call.ts';

const calls = [{ id: 'c1', name: 'pay', argumentsDigest: digestArguments('{"to":"ann"}') }];
const wanted = {
  id: 'm',
  text: 'I will',
  toolCalls: calls,
  usage: { input: 3, output: 4 },
  understood: true,
};
const part = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const pay = { type: 'function_call', call_id: 'c1', name: 'pay', arguments: '{"to":"ann"}' };
const said = { type: 'message', content: [{ type: 'output_text', text: 'I will' }] };
const response = {
  ...{ object: 'response', model: 'm', status: 'completed' },
  output: [said, pay],
  usage: { input_tokens: 3, output_tokens: 4 },
};

const chatDelta = (delta: object, finish_reason: string | null = null) =>
  part({ model: 'm', choices: [{ index: 0, delta, finish_reason }] });
const piece = (given: string) => chatDelta({ tool_calls: [{ index: 0, function: { arguments: given } }] });
const block = (index: number, delta: object) => part({ type: 'content_block_delta', index, delta });

const streams: readonly (readonly [ModelShape, string, string])[] = [
  [
    'chat',
    'tool_calls',
    chatDelta({ role: 'assistant', content: 'I ' }) +
      chatDelta({ content: 'will' }) +
      chatDelta({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'pay', arguments: '{"to"' } }] }) +
      piece(':"ann"}') +
      chatDelta({}, 'tool_calls') +
      part({ model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }) +
      'data: [DONE]\n\n',
  ],
  [
    'responses',
    'completed',
    part({ type: 'response.created', response: { model: 'm', status: 'in_progress', output: [] } }) +
      part({ type: 'response.output_item.added', output_index: 0, item: { type: 'message' } }) +
      part({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'I wi' }) +
      part({ type: 'response.output_item.added', output_index: 1, item: { ...pay, arguments: '' } }) +
      part({ type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"to"' }) +
      part({ type: 'response.reasoning_summary_text.delta', delta: 'hm' }) +
      part({ type: 'response.completed', response }),
  ],
  [
    'messages',
    'tool_use',
    part({
      type: 'message_start',
      message: { model: 'm', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
    }) +
      part({ type: 'ping' }) +
      part({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      block(0, { type: 'text_delta', text: 'I ' }) +
      block(0, { type: 'text_delta', text: 'will' }) +
      part({
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c1', name: 'pay', input: {} },
      }) +
      block(1, { type: 'input_json_delta', partial_json: '{"to"' }) +
      block(1, { type: 'input_json_delta', partial_json: ':"ann"}' }) +
      part({ type: 'content_block_stop', index: 1 }) +
      part({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } }) +
      part({ type: 'message_stop' }),
  ],
];

function collect(shape: ModelShape, text: string, size = 7) {
  const collector = collectAnswer(shape, 'text/event-stream');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) collector.push(bytes.subarray(at, at + size));
  return collector.end();
}

describe('collectAnswer', () => {
  it.each(streams)(
    'reads a stream of %s that ends with %s, however it is cut into pieces',
    (shape, finish, text) => {
      for (const size of [1, 7, 64, 100_000])
        expect(collect(shape, text, size)).toEqual({ ...wanted, finish });
      expect(collect(shape, text.replaceAll('\n', '\r\n'))).toEqual({ ...wanted, finish });
    },
  );

  it('keeps what came of a stream that was cut, and no half of a call', () => {
    const [, , text = ''] = streams[0] ?? [];
    const cut = collect('chat', text.slice(0, text.indexOf('"ann')));
    expect(cut).toMatchObject({ text: 'I will', finish: null, understood: false });
    expect(cut?.toolCalls[0]?.argumentsDigest).not.toBe(calls[0]?.argumentsDigest);
  });

  it.each<[string, ModelShape, string]>([
    ['broken JSON', 'chat', 'data: {"choices"\n\n'],
    ['a key that stands twice', 'chat', 'data: {"choices":[],"choices":[]}\n\n'],
    ['another event', 'chat', part({ surprise: true })],
    ['another event', 'responses', part({ type: 'surprise' })],
    ['another event', 'messages', part({ type: 'surprise' })],
    ['another delta', 'messages', block(0, { type: 'surprise_delta' })],
    ['an endless line', 'chat', `data: ${'a'.repeat(1_100_000)}\n\n${chatDelta({ content: 'x' })}`],
    ['an endless event', 'chat', `data: ${'a'.repeat(900_000)}\n`.repeat(3)],
    [
      'pieces of a call that was not begun',
      'messages',
      block(3, { type: 'input_json_delta', partial_json: '{' }),
    ],
    ['too long a text', 'chat', chatDelta({ content: 'a'.repeat(300_000) })],
    [
      'too many calls',
      'chat',
      Array.from({ length: 200 }, (_, index) =>
        chatDelta({ tool_calls: [{ index, id: 'c', function: { name: 'n' } }] }),
      ).join(''),
    ],
    [
      'too long arguments',
      'chat',
      chatDelta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'n' } }] }) +
        piece('a'.repeat(500_000)).repeat(3),
    ],
    ['nested without end', 'chat', `data: ${'['.repeat(100_000)}\n\n`],
    ['a poisoned key', 'chat', 'data: {"__proto__":{"a":1},"choices":[]}\n\n'],
  ])('says that it did not understand %s', (_, shape, text) => {
    expect(collect(shape, text, 65_536)).toMatchObject({ understood: false });
  });

  it('reads on after what it could not read', () => {
    const text = `data: nonsense\n\n${chatDelta({ content: 'hi' })}`;
    expect(collect('chat', text)).toMatchObject({ text: 'hi', understood: false });
  });

  it('understands no other type, and nothing of nothing', () => {
    const binary = collectAnswer('chat', 'application/octet-stream');
    binary.push(Buffer.from('x'));
    expect(binary.end()).toMatchObject({ understood: false });
    expect(collectAnswer('chat', 'text/event-stream').end()).toBeUndefined();
  });
});

describe('readWholeAnswer', () => {
  const message = {
    role: 'assistant',
    content: 'I will',
    tool_calls: [{ id: 'c1', function: { name: 'pay', arguments: '{"to":"ann"}' } }],
  };
  it.each<[ModelShape, string, JsonObject]>([
    [
      'chat',
      'tool_calls',
      {
        model: 'm',
        choices: [{ message, finish_reason: 'tool_calls' }],
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      },
    ],
    ['responses', 'completed', response],
    [
      'messages',
      'tool_use',
      {
        ...{
          type: 'message',
          model: 'm',
          stop_reason: 'tool_use',
          usage: { input_tokens: 3, output_tokens: 4 },
        },
        content: [
          { type: 'text', text: 'I will' },
          { type: 'tool_use', id: 'c1', name: 'pay', input: { to: 'ann' } },
        ],
      },
    ],
  ])('reads what %s answers', (shape, finish, value) => {
    expect(readWholeAnswer(shape, value)).toEqual({ ...wanted, finish });
  });

  it('reads a stream that was held until all of it was there', () => {
    for (const [shape, finish, text] of streams)
      expect(readWholeAnswer(shape, text)).toEqual({ ...wanted, finish });
  });

  it('understands embeddings and counts, and no list', () => {
    expect(readWholeAnswer('chat', { model: 'e', data: [], usage: { prompt_tokens: 3 } })).toMatchObject({
      id: 'e',
      understood: true,
      usage: { input: 3, output: null },
    });
    expect(readWholeAnswer('messages', { input_tokens: 42 })).toMatchObject({
      usage: { input: 42, output: null },
      understood: true,
    });
    expect(readWholeAnswer('chat', [])).toMatchObject({ understood: false });
  });
});
