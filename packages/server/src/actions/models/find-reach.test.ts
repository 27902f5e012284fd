import type { JsonObject, JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { findReach } from './find-reach.ts';

const address = 'https://e.example/?stolen';
const sayParts = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const variable = (variables: JsonObject): JsonObject => ({ prompt: { id: 'p', variables } });
const give = (...input: JsonObject[]): JsonObject => ({ input });

describe('what a provider would fetch', () => {
  it.each<[string, JsonObject]>([
    [
      'the picture of a screen',
      give({ type: 'computer_call_output', output: { type: 'input_image', image_url: address } }),
    ],
    ['a variable of a prompt', { prompt: { id: 'p', variables: { x: { image_url: address } } } }],
    ['a variable that is called as an input is', variable({ input: { image_url: address } })],
    ['a variable beside a type', variable({ type: 'tool_use', action: { image_url: address } })],
    ['a part that is called so', sayParts({ type: 'x', input: { image_url: address } })],
    ['an output beside an empty content', give({ content: [], output: [{ image_url: address }] })],
    ['a film', sayParts({ type: 'video_url', video_url: { url: address } })],
    ['a file', sayParts({ type: 'file', file: { file_data: address } })],
    ['a sound', sayParts({ type: 'input_audio', input_audio: { data: address } })],
    ['a name that is not known here', sayParts({ type: 'x', place: { of: [[address]] } })],
    ['another scheme', sayParts({ type: 'file', file: { file_data: 's3://bucket/x' } })],
    ['a file of its own', sayParts({ type: 'file', file: { file_data: 'file:/etc/passwd' } })],
    ['no scheme', sayParts({ type: 'image_url', image_url: { url: '//e.example/x' } })],
    ['blanks before it', sayParts({ type: 'file', file: { file_data: ' \n\u0000ht\ttps://e.example' } })],
    ['one slash the other way', sayParts({ type: 'file', file: { file_data: 'https:\\\\e.example' } })],
    ['what is not looked through', sayParts(JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`))],
    ['the system prompt', { system: [{ type: 'image', source: { type: 'url', url: 'x' } }] }],
  ])('is an address in %s', (_, body) => {
    expect(findReach(body).hosted).toEqual(['url']);
  });

  it.each<[string, JsonObject]>([
    ['a text', sayParts({ type: 'text', text: address, citations: [{ url: address }] })],
    ['what a text is about', { messages: [{ role: 'user', content: address }], input: [address] }],
    ['data', sayParts({ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } })],
    ['a document of text', sayParts({ type: 'document', source: { type: 'text', data: address } })],
    ['what was found elsewhere', sayParts({ type: 'search_result', source: address, title: address })],
    ['arguments', sayParts({ type: 'tool_use', id: 't', input: { url: address } })],
    ['a call', give({ type: 'function_call', call_id: 'c', arguments: `{"url":"${address}"}` })],
    ['a command', give({ type: 'local_shell_call', action: { command: ['curl', address] } })],
    ['what a call gave', give({ type: 'function_call_output', call_id: 'functions.pay:0', output: address })],
    ['what a program printed', give({ type: 'shell_call_output', output: [{ stdout: address }] })],
    ['the schema of a tool', { tools: [{ type: 'function', parameters: { $schema: address } }] }],
  ])('is nothing in %s', (_, body) => {
    expect(findReach(body)).toEqual({ hosted: [], unseen: [] });
  });
});

describe('what lies at a provider', () => {
  it.each<[JsonValue, JsonObject]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['conversation', { conversation: 7 }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['item_reference', give({ type: 'item_reference', id: 'msg_1' })],
    ['item_reference', give({ id: 'msg_1' })],
    ['file_id', give({ role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] })],
    ['file_id', sayParts({ type: 'file', file: { file_id: 'file_1' } })],
    ['file_id', sayParts({ type: 'document', source: { type: 'file', file_id: 'file_1' } })],
    ['file_id', { prompt: null, input: [{ output: { type: 'input_image', file_id: 'file_1' } }] }],
    ['audio', { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }],
  ])('is named: %s', (name, body) => {
    expect(findReach(body).unseen).toEqual([name]);
  });
});
