import { describe, expect, it } from 'vitest';
import { toInitializeResult, toLegacyNotification, toLegacyResponse } from './to-legacy-message.ts';

const hello = { revision: '2025-06-18', name: 'a', version: '1', capabilities: {} } as const;

describe('toLegacyResponse', () => {
  it('leaves out what only the later revision knows, and nothing else', () => {
    const result = {
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      tools: [],
      nextCursor: 'x',
      _meta: { 'io.modelcontextprotocol/serverInfo': {}, 'countersign/decision': 'rec_1' },
    };
    expect(toLegacyResponse({ jsonrpc: '2.0', id: 1, result })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [], nextCursor: 'x', _meta: { 'countersign/decision': 'rec_1' } },
    });
    const error = { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } };
    expect(toLegacyResponse(error)).toBe(error);
  });
});

describe('toLegacyNotification', () => {
  it('passes what clients know, without the name of the subscription', () => {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 1 };
    const updated = {
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: 'a', _meta },
    };
    expect(toLegacyNotification(updated)).toEqual({ ...updated, params: { uri: 'a' } });
    for (const method of [
      'notifications/cancelled',
      'notifications/tasks',
      'notifications/subscriptions/acknowledged',
    ])
      expect(toLegacyNotification({ jsonrpc: '2.0', method })).toBeNull();
  });
});

describe('toInitializeResult', () => {
  it('offers what both revisions mean alike', () => {
    const discovered = {
      capabilities: { tools: { listChanged: true }, extensions: {}, tasks: {}, logging: 'yes' },
      instructions: 'be kind',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'shop', version: '2' } },
    };
    expect(toInitializeResult(hello, 'up', discovered)).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'shop', version: '2' },
      instructions: 'be kind',
    });
  });

  it('needs nothing of an upstream that says nothing of itself', () => {
    expect(toInitializeResult(hello, 'up', { capabilities: [], instructions: 7 })).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: {},
      serverInfo: { name: 'up', version: '0' },
    });
  });
});
