import { describe, expect, it } from 'vitest';
import { addMcpHeaders, encodeHeaderValue } from './mcp-headers.ts';
import { findParameterHeaders } from './parameter-headers.ts';

const schema = (properties: object, rest: object = {}) => ({
  type: 'object',
  properties: { ...properties },
  ...rest,
});
const annotated = { type: 'string', 'x-mcp-header': 'Region' };

describe('findParameterHeaders', () => {
  it('finds annotations at any depth of properties', () => {
    const inner = schema({ level: { type: 'integer', 'x-mcp-header': 'Level' } });
    expect(findParameterHeaders(schema({ region: annotated, inner }))).toEqual([
      { path: ['region'], header: 'Region' },
      { path: ['inner', 'level'], header: 'Level' },
    ]);
    expect(findParameterHeaders(schema({ 'x-mcp-header': { type: 'string' } }))).toEqual([]);
    expect(findParameterHeaders(schema({ a: { type: 'string', default: { 'x-mcp-header': 'A' } } }))).toEqual(
      [],
    );
  });

  it.each([
    ['a number', schema({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['no type', schema({ a: { 'x-mcp-header': 'A' } })],
    ['a name that is no token', schema({ a: { type: 'string', 'x-mcp-header': 'A\r\nB' } })],
    ['a name that is no text', schema({ a: { type: 'string', 'x-mcp-header': 1 } })],
    ['the same name twice', schema({ a: annotated, b: { ...annotated, 'x-mcp-header': 'region' } })],
    ['an item of an array', schema({ a: { type: 'array', items: annotated } })],
    ['an alternative', schema({}, { anyOf: [schema({ a: annotated })] })],
    ['a definition', schema({}, { $defs: { a: annotated } })],
    ['the schema itself', { ...schema({}), 'x-mcp-header': 'A' }],
  ])('refuses an annotation on %s', (_, inputSchema) => {
    expect(findParameterHeaders(inputSchema)).toBeUndefined();
  });
});

describe('addMcpHeaders', () => {
  const headersOf = (method: string, params: object) => {
    const headers: string[] = [];
    addMcpHeaders(headers, { jsonrpc: '2.0', id: 1, method, params: { ...params } }, () => [
      { path: ['a', 'b'], header: 'B' },
    ]);
    return headers;
  };

  it.each<[string, object, string[]]>([
    [
      'tools/call',
      { name: 'echo', arguments: { a: { b: true } } },
      ['mcp-name', 'echo', 'mcp-param-B', 'true'],
    ],
    ['tools/call', { name: 'echo', arguments: { a: { b: null } } }, ['mcp-name', 'echo']],
    ['tools/call', { name: 'echo', arguments: { a: 1 } }, ['mcp-name', 'echo']],
    ['prompts/get', { name: 'p' }, ['mcp-name', 'p']],
    ['resources/read', { uri: 'file:///a' }, ['mcp-name', 'file:///a']],
    ['tasks/get', { taskId: 't' }, ['mcp-name', 't']],
    ['tools/list', {}, []],
  ])('repeats what %s names', (method, params, rest) => {
    expect(headersOf(method, params)).toEqual(['mcp-method', method, ...rest]);
  });
});

describe('encodeHeaderValue', () => {
  it('leaves visible ASCII and encodes all else', () => {
    expect(encodeHeaderValue('a b')).toBe('a b');
    for (const value of ['', ' a', 'ü', 'a\r\nX: b', '=?base64?YQ==?=', 'a\t']) {
      expect(encodeHeaderValue(value)).toBe(`=?base64?${Buffer.from(value).toString('base64')}?=`);
    }
  });
});
