import type { JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { describePiece } from '../describe-piece.ts';
import { readDocuments } from '../messages/read-documents.ts';
import { readMessages } from '../messages/read-messages.ts';
import type { Attributes, ToldPiece } from '../told-piece.ts';
import { findOperation } from './find-operation.ts';

const map = (attributes: { readonly [name: string]: JsonValue }): Attributes =>
  new Map(Object.entries(attributes));
const empty: ToldPiece = {
  ...{ signal: 'span', trace: null, span: null, parentSpan: null, name: '', start: null, end: null },
  ...{ status: 'unset', attributes: map({}), resource: map({}), scope: '', events: [], body: null },
};
const span = (
  attributes: { readonly [name: string]: JsonValue },
  more: Partial<ToldPiece> = {},
): ToldPiece => ({
  ...empty,
  attributes: map(attributes),
  ...more,
});
const log = (name: string, body: JsonValue): ToldPiece => ({ ...empty, signal: 'log', name, body });
const operate = (piece: ToldPiece) => findOperation(piece);
const read = (piece: ToldPiece) => readMessages(piece, findOperation(piece) ?? 'other');
const say = (role: string, side: string, text: string) => expect.objectContaining({ role, side, text });

describe('a piece of telemetry', () => {
  it.each([
    ['chat', { 'gen_ai.operation.name': 'generate_content' }],
    ['execute_tool', { 'gen_ai.operation.name': 'execute_tool', 'mcp.method.name': 'tools/call' }],
    ['invoke_agent', { 'gen_ai.operation.name': 'create_agent' }],
    ['other', { 'gen_ai.operation.name': 'something_new' }],
    ['mcp', { 'mcp.method.name': 'resources/read' }],
    ['chat', { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-5' }],
    ['retrieval', { 'openinference.span.kind': 'RETRIEVER' }],
    ['execute_tool', { 'traceloop.span.kind': 'tool' }],
    ['chat', { 'llm.request.type': 'chat', 'traceloop.span.kind': 'task' }],
    ['execute_tool', { 'ai.operationId': 'ai.toolCall' }],
    ['retrieval', { 'db.system': 'qdrant', 'db.operation': 'search' }],
    ['other', { 'db.system.name': 'chroma', 'db.operation.name': 'upsert' }],
    [undefined, { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' }],
    [undefined, { 'openinference.span.kind': 'CHAIN' }],
    [undefined, { 'http.request.method': 'GET' }],
  ])('is %s by %j', (operation, attributes) => {
    expect(operate(span(attributes))).toBe(operation);
  });

  it('of Traceloop says what was asked and answered in numbered attributes', () => {
    const told = span({
      'llm.request.type': 'chat',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Pay it',
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'You pay',
      'gen_ai.prompt.x.content': 'no number',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.tool_calls.0.id': 'call_1',
      'gen_ai.completion.0.tool_calls.0.name': 'pay',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"b":1,"a":2}',
    });
    const messages = read(told);
    expect(messages).toEqual([
      say('system', 'input', 'You pay'),
      say('user', 'input', 'Pay it'),
      expect.objectContaining({
        role: 'assistant',
        toolCalls: [expect.objectContaining({ id: 'call_1', name: 'pay' })],
      }),
    ]);
    // However the arguments are spelled, their digest is that of the canonical form.
    const same = read(
      span({
        'gen_ai.output.messages': [
          {
            role: 'assistant',
            parts: [{ type: 'tool_call', id: 'x', name: 'pay', arguments: { a: 2, b: 1 } }],
          },
        ],
      }),
    );
    expect(same[0]?.toolCalls?.[0]?.argumentsDigest).toBe(messages[2]?.toolCalls?.[0]?.argumentsDigest);
    const found = [
      {
        name: 'db.query.result',
        attributes: map({ 'db.query.result.id': 'd1', 'db.query.result.document': 'A page' }),
      },
    ];
    expect(readDocuments(span({ 'db.system': 'chroma' }, { events: found }))).toEqual([
      { id: 'd1', text: 'A page' },
    ]);
  });

  it('of OpenInference says so in attributes of its own', () => {
    const told = span({
      'openinference.span.kind': 'LLM',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.contents.0.message_content.type': 'text',
      'llm.input_messages.0.message.contents.0.message_content.text': 'What is it?',
      'llm.input_messages.1.message.role': 'tool',
      'llm.input_messages.1.message.content': '42',
      'llm.input_messages.1.message.tool_call_id': 'call_0',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_2',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'look',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{}',
    });
    expect(read(told)).toEqual([
      say('user', 'input', 'What is it?'),
      expect.objectContaining({ role: 'tool', text: '42', toolCall: 'call_0' }),
      expect.objectContaining({ toolCalls: [expect.objectContaining({ id: 'call_2', name: 'look' })] }),
    ]);
    const retrieved = span({
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'invoices',
      'retrieval.documents.0.document.id': 'doc-1',
      'retrieval.documents.0.document.content': 'Pay 9.',
    });
    expect(read(retrieved)).toEqual([say('user', 'input', 'invoices')]);
    expect(readDocuments(retrieved)).toEqual([{ id: 'doc-1', text: 'Pay 9.' }]);
    const tool = {
      'openinference.span.kind': 'TOOL',
      'input.value': '{"a":1}',
      'output.value': 'ok',
      'tool_call.id': 'c',
    };
    expect(read(span(tool))).toEqual([
      { role: 'tool', side: 'input', text: '{"a":1}', toolCall: 'c' },
      { role: 'tool', side: 'output', text: 'ok', toolCall: 'c' },
    ]);
  });

  it('of the AI SDK before 7 does, too', () => {
    const told = span({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.prompt.messages': '[{"role":"user","content":[{"type":"text","text":"Hello"}]}]',
      'ai.response.text': 'Looking',
      'ai.response.toolCalls': '[{"toolCallId":"c1","toolName":"look","args":{"a":1}}]',
    });
    expect(read(told)).toEqual([
      say('user', 'input', 'Hello'),
      expect.objectContaining({
        text: 'Looking',
        toolCalls: [expect.objectContaining({ id: 'c1', name: 'look' })],
      }),
    ]);
  });

  it('of earlier conventions is one event for each message', () => {
    expect(read(log('gen_ai.user.message', { content: 'Hi' }))).toEqual([say('user', 'input', 'Hi')]);
    expect(read(log('gen_ai.tool.message', { content: 'done', id: 'call_3' }))).toEqual([
      { role: 'tool', side: 'input', text: 'done', toolCall: 'call_3' },
    ]);
    const choice = {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Well',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    };
    expect(read(log('gen_ai.choice', choice))).toEqual([
      expect.objectContaining({ text: 'Well', toolCalls: [expect.objectContaining({ id: 'c', name: 'f' })] }),
    ]);
    const events = [{ name: 'gen_ai.content.prompt', attributes: map({ 'gen_ai.prompt': 'Old words' }) }];
    expect(read(span({ 'gen_ai.operation.name': 'chat' }, { events }))).toEqual([
      say('user', 'input', 'Old words'),
    ]);
    expect(operate(log('exception', 'x'))).toBeUndefined();
  });

  it('is taken as text where it is no JSON, and never looked up in a prototype', () => {
    const odd = span({
      'gen_ai.operation.name': 'chat',
      'gen_ai.input.messages': '[{"role": "user"',
      'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'blob', data: 'AAAA' }, 7, null] }],
      'gen_ai.tool.call.id': 'has space',
      constructor: 'x',
    });
    const { body, toolCall } = describePiece(odd, 'chat', { redact: (text) => text, find: () => undefined });
    expect(toolCall).toBeUndefined();
    expect(body.messages).toEqual([
      expect.objectContaining({ role: 'user', text: '[{"role": "user"' }),
      expect.objectContaining({ role: 'assistant', text: '[blob]\n7' }),
    ]);
    expect(body.attributes).toEqual({ 'gen_ai.operation.name': 'chat' });
  });
});
