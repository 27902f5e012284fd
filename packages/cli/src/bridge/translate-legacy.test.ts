import { describe, expect, test } from 'vitest';
import { readMessage, refusalMessage } from './json-rpc.ts';
import { encodeHeaderValue, mirrorArguments, mirrorRequest } from './mirror-headers.ts';
import { readLegacyClient, toInitializeResult, toLegacyMessage, toModernParams } from './translate-legacy.ts';

const client = readLegacyClient({
  capabilities: {
    elicitation: { url: {} },
    roots: { listChanged: true },
    tasks: {},
    experimental: { x: {} },
  },
  clientInfo: { name: 'old', version: '1' },
});

describe('translation between the revisions', () => {
  test('declares for a legacy client only what it can be asked in its own revision', () => {
    expect(Object.keys(client.capabilities).sort()).toEqual(['elicitation', 'roots']);
  });

  test('adds what each request needs, over anything the client wrote there itself', () => {
    const forged = {
      progressToken: 7,
      traceparent: '00-a-b-01',
      'io.modelcontextprotocol/clientCapabilities': { everything: true },
      'io.modelcontextprotocol/protocolVersion': '2024-11-05',
    };
    const params = toModernParams(
      { name: 'greet', task: { ttl: 1 }, _meta: forged },
      { ...client, logLevel: 'info' },
    );
    expect(params).toEqual({
      name: 'greet',
      _meta: {
        progressToken: 7,
        traceparent: '00-a-b-01',
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': client.capabilities,
        'io.modelcontextprotocol/clientInfo': { name: 'old', version: '1' },
        'io.modelcontextprotocol/logLevel': 'info',
      },
    });
  });

  test('answers the handshake in the revision that was asked for, or the newest with one', () => {
    const discovered = {
      capabilities: { tools: { listChanged: true }, extensions: { x: {} } },
      instructions: 'Be kind',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'shop', version: '2' } },
    };
    expect(toInitializeResult('2025-03-26', discovered)).toEqual({
      protocolVersion: '2025-03-26',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'shop', version: '2' },
      instructions: 'Be kind',
    });
    expect(toInitializeResult('1999-01-01', {}).protocolVersion).toBe('2025-11-25');
  });

  test('takes from answers and notifications what only the newer revision knows', () => {
    const result = {
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      content: [],
      _meta: { 'io.modelcontextprotocol/serverInfo': {}, 'countersign/approval': { approval: 'apr_1' } },
    };
    expect(toLegacyMessage({ jsonrpc: '2.0', id: 1, result })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { content: [], _meta: { 'countersign/approval': { approval: 'apr_1' } } },
    });
    const params = { uri: 'a:b', _meta: { 'io.modelcontextprotocol/subscriptionId': 's' } };
    expect(toLegacyMessage({ jsonrpc: '2.0', method: 'n', params }).params).toEqual({ uri: 'a:b' });
  });
});

describe('mirrored headers', () => {
  test('repeat method, name and marked arguments', () => {
    expect(mirrorRequest('tools/call', { name: 'gr\u00fc\u00dfen' })).toEqual({
      'mcp-method': 'tools/call',
      'mcp-name': `=?base64?${Buffer.from('grüßen').toString('base64')}?=`,
    });
    expect(mirrorRequest('resources/read', { uri: 'a:b' })).toMatchObject({ 'mcp-name': 'a:b' });
    expect(mirrorRequest('tools/list', { name: 'x' })).toEqual({ 'mcp-method': 'tools/list' });
    const schema = {
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } } },
        evil: { type: 'string', 'x-mcp-header': 'a\r\nb' },
      },
    };
    const given = { region: ' eu ', deep: { count: 3 }, evil: 'x' };
    expect(mirrorArguments(schema, given)).toEqual({
      'mcp-param-region': '=?base64?IGV1IA==?=',
      'mcp-param-count': '3',
    });
  });

  test.each(['', ' x', 'x\n', '=?base64?eA==?=', 'é'])('%j never travels as it is', (value) => {
    expect(encodeHeaderValue(value)).toMatch(/^=\?base64\?[A-Za-z0-9+/=]*\?=$/);
  });
});

describe('messages of a stdio client', () => {
  test.each([
    ['{', -32_700],
    ['{"a":1,"a":2}', -32_700],
    ['[]', -32_600],
    ['{"jsonrpc":"1.0","id":1,"method":"x"}', -32_600],
    ['{"jsonrpc":"2.0","id":null,"method":"x"}', -32_600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"x"}', -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":[]}', -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":{"n":9007199254740993}}', -32_700],
  ])('%s is refused', (line, code) => {
    expect(readMessage(line)).toMatchObject({ error: { error: { code } } });
  });

  test('a refusal of a tool call is a result that a model reads', () => {
    expect(refusalMessage(1, 'tools/call', 'signal.stopped', '')).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/^REFUSED signal\.stopped: /) }] },
    });
    expect(refusalMessage(1, 'tools/list', 'signal.stopped', '')).toMatchObject({ error: { code: -40_309 } });
    expect(refusalMessage(1, 'tools/list', '__proto__', 'odd')).toMatchObject({ error: { message: 'odd' } });
  });
});
