import { AppError } from '@countersign/api';
import { encodeId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { readTarget } from './read-target.ts';
import { readTokenParameters } from './token-parameters.ts';

const issuer = 'http://localhost:7420';
const payments = `${issuer}/mcp/payments`;
const files = `${issuer}/mcp/files`;
const control = `${issuer}/v1/tasks`;
const task = encodeId('tsk', 1, new Uint8Array(10));
const agentTask = (value: unknown = { type: 'agent_task', task }): [string, string] => [
  'authorization_details',
  JSON.stringify([value]),
];
const basic: [string, string][] = [
  ['grant_type', 'client_credentials'],
  ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  ['client_assertion', 'a.b.c'],
];

const read = (...parameters: [string, string][]) =>
  readTokenParameters(Buffer.from(new URLSearchParams([...basic, ...parameters]).toString()));
const parse = (...parameters: [string, string][]) => readTarget(read(...parameters), issuer, () => undefined);
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
  return undefined;
};

describe('a token request', () => {
  it('asks for a control token unless it names a task or an upstream', () => {
    expect(parse()).toEqual({ kind: 'control' });
    expect(parse(['resource', control], ['scope', 'tasks'], ['client_id', ''])).toEqual({
      kind: 'control',
    });
    expect(read(['client_id', '']).take('client_id')).toBeUndefined();
  });

  it('asks for a task token with details and resources, for the default task without details', () => {
    expect(parse(['resource', payments], ['resource', files], ['resource', files], agentTask())).toEqual({
      kind: 'task',
      task,
      upstreams: ['payments', 'files'],
    });
    expect(parse(['resource', files])).toEqual({ kind: 'task', task: null, upstreams: ['files'] });
  });

  it('is refused when a parameter is repeated or missing', () => {
    expect(codeOf(() => read(['client_assertion', 'd.e.f']).take('client_assertion'))).toBe(
      'token.request_invalid',
    );
    expect(codeOf(() => parse(agentTask(), agentTask(), ['resource', files]))).toBe('token.request_invalid');
    expect(codeOf(() => read().require('code'))).toBe('token.request_invalid');
    expect(read(['code', 'c']).require('code')).toBe('c');
  });

  it('is bounded', () => {
    expect(codeOf(() => readTokenParameters(new Uint8Array(16_385).fill(97)))).toBe('token.request_invalid');
    expect(codeOf(() => readTokenParameters(Buffer.from([0x61, 0x3d, 0xff])))).toBe('token.request_invalid');
    const many = Array.from({ length: 40 }, (_, i): [string, string] => [`x${i}`, 'y']);
    expect(codeOf(() => parse(...many))).toBe('token.request_invalid');
    const resources = Array.from({ length: 9 }, (_, i): [string, string] => ['resource', `${files}${i}`]);
    expect(codeOf(() => parse(...resources))).toBe('token.target_invalid');
  });

  it.each([
    ['another server', 'http://evil.example/mcp/files'],
    ['a prefix trick', `${issuer}.evil.example/mcp/files`],
    ['a path below', `${files}/x`],
    ['a query', `${files}?x`],
    ['a fragment', `${files}#x`],
    ['an encoded name', `${issuer}/mcp/%66iles`],
    ['no resource', 'files'],
  ])('is refused for %s', (_, resource) => {
    expect(codeOf(() => parse(['resource', resource]))).toBe('token.target_invalid');
    expect(codeOf(() => parse(['resource', files], ['resource', resource]))).toBe('token.target_invalid');
  });

  it('never mixes control with upstreams, nor asks for a task without a resource', () => {
    expect(codeOf(() => parse(['resource', control], ['resource', files]))).toBe('token.target_invalid');
    expect(codeOf(() => parse(['resource', control], agentTask()))).toBe('token.target_invalid');
    expect(codeOf(() => parse(agentTask()))).toBe('token.target_invalid');
  });

  it.each([
    ['not JSON', '[{'],
    ['no array', JSON.stringify({ type: 'agent_task', task })],
    ['none', '[]'],
    [
      'two',
      JSON.stringify([
        { type: 'agent_task', task },
        { type: 'agent_task', task },
      ]),
    ],
    ['an unknown type', JSON.stringify([{ type: 'payment', task }])],
    ['an unknown field', JSON.stringify([{ type: 'agent_task', task, actions: ['pay'] }])],
    ['a duplicate key', `[{"type":"agent_task","task":"x","task":"${task}"}]`],
    ['no task', JSON.stringify([{ type: 'agent_task' }])],
    ['a task that is no id', JSON.stringify([{ type: 'agent_task', task: '../other' }])],
    ['too deep', '[[[[[[]]]]]]'],
  ])('refuses authorization details that are %s', (_, details) => {
    expect(codeOf(() => parse(['resource', files], ['authorization_details', details]))).toBe(
      'token.details_invalid',
    );
  });
});
