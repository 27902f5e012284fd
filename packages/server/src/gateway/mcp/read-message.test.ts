import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { type Addressee, readMessage } from './read-message.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'look_up' };
const call = {
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name: 'look_up', arguments: {}, _meta: meta },
};

function read(body: unknown, changed: Record<string, string | undefined> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  let addressee: Addressee | undefined;
  try {
    const message = readMessage({ ...headers, ...changed }, Buffer.from(text), (found) => {
      addressee = found;
    });
    return { message, addressee, code: null };
  } catch (error) {
    return { message: null, addressee, code: error instanceof AppError ? error.code : String(error) };
  }
}
const withParams = (params: unknown) => ({ ...call, params });
const withMeta = (changed: Record<string, unknown>) =>
  withParams({ ...call.params, _meta: { ...meta, ...changed } });

describe('readMessage', () => {
  it('reads a call whose headers say what its body says', () => {
    expect(read(call).message).toMatchObject({
      id: 7,
      method: 'tools/call',
      name: 'look_up',
      isNotification: false,
    });
  });

  it('takes a name that needs encoding in its encoded form, and white space around it', () => {
    const named = withParams({ ...call.params, name: 'prüfen' });
    const encoded = `=?base64?${Buffer.from('prüfen').toString('base64')}?=`;
    expect(read(named, { 'mcp-name': encoded }).code).toBeNull();
    expect(read(call, { 'mcp-name': '  look_up ' }).code).toBeNull();
  });

  it.each([
    ['no JSON', '{', 'action.malformed'],
    [
      'two keys of one name',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list"}',
      'action.malformed',
    ],
    ['the same key in another spelling', '{"id":1,"\\u0069d":2}', 'action.malformed'],
    [
      'a prototype key',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{}}}',
      'action.malformed',
    ],
    ['a batch', JSON.stringify([call]), 'action.malformed'],
    [
      'a number too large to be exact',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call"}',
      'action.malformed',
    ],
    ['deep nesting', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'action.too_large'],
    ['another version of JSON-RPC', { ...call, jsonrpc: '1.0' }, 'action.malformed'],
    ['an object as id', { ...call, id: {} }, 'action.malformed'],
    ['an endless id', { ...call, id: 'x'.repeat(300) }, 'action.malformed'],
    ['a list as params', { ...call, params: [] }, 'action.malformed'],
    ['an answer', { jsonrpc: '2.0', id: 1, result: {} }, 'action.malformed'],
    ['no _meta', withParams({ name: 'look_up' }), 'action.meta_invalid'],
    [
      'no capabilities',
      withMeta({ 'io.modelcontextprotocol/clientCapabilities': undefined }),
      'action.meta_invalid',
    ],
    [
      'a request that says it is none',
      { jsonrpc: '2.0', method: 'tools/call', params: call.params },
      'action.method_unknown',
    ],
  ])('refuses %s', (_, body, code) => {
    expect(read(body).code).toBe(code);
  });

  it.each([
    ['method', { 'mcp-method': 'tools/list' }, 'action.header_mismatch'],
    ['missing method', { 'mcp-method': undefined }, 'action.header_mismatch'],
    ['name', { 'mcp-name': 'other' }, 'action.header_mismatch'],
    ['missing name', { 'mcp-name': undefined }, 'action.header_mismatch'],
    ['name in another case', { 'mcp-name': 'LOOK_UP' }, 'action.header_mismatch'],
    ['name in broken Base64', { 'mcp-name': '=?base64?!!?=' }, 'action.header_mismatch'],
    ['missing revision', { 'mcp-protocol-version': undefined }, 'action.header_mismatch'],
    ['repeated method', { 'mcp-method': 'tools/call, tools/call' }, 'action.header_mismatch'],
    [
      'revision that differs from the body',
      { 'mcp-protocol-version': '2025-11-25' },
      'action.header_mismatch',
    ],
  ])('refuses headers that lie about the %s', (_, changed, code) => {
    expect(read(call, changed).code).toBe(code);
  });

  it('refuses a revision it does not speak, and says which it does', () => {
    const older = withMeta({ 'io.modelcontextprotocol/protocolVersion': '2025-11-25' });
    expect(read(older, { 'mcp-protocol-version': '2025-11-25' }).code).toBe('action.version_unsupported');
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25' },
    };
    expect(read(initialize, { 'mcp-protocol-version': undefined }).code).toBe('action.version_unsupported');
  });

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'sampling/createMessage',
    'constructor',
    '__proto__',
  ])('refuses the method %s: what is not governed does not pass', (method) => {
    expect(read({ ...call, method }, { 'mcp-method': method }).code).toBe('action.method_unknown');
  });

  it('knows whom to answer even when the rest is wrong', () => {
    expect(read(call, { 'mcp-method': 'x' }).addressee).toEqual({ id: 7, method: 'tools/call' });
    expect(read('{').addressee).toBeUndefined();
  });
});
