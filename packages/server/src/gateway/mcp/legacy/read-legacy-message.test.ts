import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { readLegacyMessage } from './read-legacy-message.ts';

function read(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return { message: readLegacyMessage(headers, Buffer.from(text), () => {}), code: null };
  } catch (error) {
    return { message: null, code: error instanceof AppError ? error.code : String(error) };
  }
}
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a' } };

describe('readLegacyMessage', () => {
  it('tells requests, notifications and answers apart', () => {
    expect(read(call).message).toMatchObject({ kind: 'request', id: 1, method: 'tools/call', meta: {} });
    expect(read({ jsonrpc: '2.0', method: 'notifications/initialized' }).message).toMatchObject({
      kind: 'notification',
      params: {},
    });
    expect(read({ jsonrpc: '2.0', id: 3, result: { a: 1 } }).message).toEqual({
      kind: 'answer',
      id: 3,
      result: { a: 1 },
    });
    expect(read({ jsonrpc: '2.0', id: 3, error: { code: 1, message: '' } }).message).toMatchObject({
      kind: 'answer',
      result: undefined,
    });
  });

  it.each([
    ['a batch', [call]],
    ['an empty batch', []],
    ['another version of JSON-RPC', { ...call, jsonrpc: '1.0' }],
    ['no object', 'null'],
    ['half of one', '{"jsonrpc":"2.0",'],
    ['a key twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'],
    ['a poisoned key', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{}}}'],
    ['an id that is null', { ...call, id: null }],
    ['an id that is no whole number', { ...call, id: 1.5 }],
    ['a method that is no text', { ...call, method: 7 }],
    ['a method that is too long', { ...call, method: 'x'.repeat(129) }],
    ['params that are a list', { ...call, params: [] }],
    ['neither method nor answer', { jsonrpc: '2.0', id: 1 }],
    ['result and error', { jsonrpc: '2.0', id: 1, result: {}, error: {} }],
    ['a result that is no object', { jsonrpc: '2.0', id: 1, result: [] }],
  ])('refuses %s', (_, body) => {
    expect(read(body).code).toMatch(/^action\.(malformed|too_large)$/);
  });

  it('refuses a message that claims another revision or another method than its headers', () => {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    expect(read({ ...call, params: { ...call.params, _meta } }).code).toBe('action.header_mismatch');
    const legacy = { 'io.modelcontextprotocol/protocolVersion': '2025-11-25' };
    expect(read({ ...call, params: { _meta: legacy } }).code).toBe('action.header_mismatch');
    expect(read(call, { 'mcp-method': 'tools/list' }).code).toBe('action.header_mismatch');
    expect(read(call, { 'mcp-method': 'tools/call' }).code).toBeNull();
  });
});
