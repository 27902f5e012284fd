import { describe, expect, it } from 'vitest';
import { metaKeys } from './json-rpc.ts';
import {
  discoverLegacy,
  readLegacyServer,
  toLegacyParams,
  toModernError,
  toModernResult,
} from './translate-revision.ts';

const hello = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: { listChanged: true }, tasks: {}, experimental: { x: 1 } },
  serverInfo: { name: 'files', version: '1' },
  instructions: 'be kind',
};
const server = readLegacyServer(hello);
const lied = expect.objectContaining({ code: 'upstream.lied' });

describe('readLegacyServer', () => {
  it.each([{}, { protocolVersion: '2026-07-28' }, { capabilities: [] }, { serverInfo: null }])(
    'refuses %j',
    (change) => {
      const changed = Object.keys(change).length === 0 ? {} : { ...hello, ...change };
      expect(() => readLegacyServer(changed)).toThrow(lied);
    },
  );
});

describe('toLegacyParams', () => {
  it('leaves out what only the newer revision knows and puts its own token in', () => {
    const _meta = { [metaKeys.protocolVersion]: '2026-07-28', progressToken: 'mine', traceparent: '00-1' };
    const params = {
      name: 'a',
      arguments: { _meta: 1 },
      _meta,
      requestState: 's',
      inputResponses: {},
      task: {},
    };
    expect(toLegacyParams(params, 7)).toEqual({
      name: 'a',
      arguments: { _meta: 1 },
      _meta: { traceparent: '00-1', progressToken: 7 },
    });
    expect(toLegacyParams({ name: 'a', _meta: { [metaKeys.protocolVersion]: 'x' } }, 7)).toEqual({
      name: 'a',
    });
    expect(toLegacyParams(undefined, 7)).toEqual({});
  });
});

describe('toModernResult', () => {
  it('is complete and private whatever the server says', () => {
    const claimed = { tools: [], resultType: 'input_required', cacheScope: 'public', ttlMs: 9e9 };
    expect(toModernResult('tools/list', claimed, server)).toEqual({
      tools: [],
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [metaKeys.serverInfo]: hello.serverInfo },
    });
    expect(toModernResult('tools/call', { content: [] }, server)).not.toHaveProperty('ttlMs');
  });

  it('offers on only what both revisions mean alike', () => {
    expect(discoverLegacy(server)).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      instructions: 'be kind',
    });
    expect(Object.keys(discoverLegacy(server).capabilities ?? {})).toEqual(['tools']);
  });
});

describe('toModernError', () => {
  it('changes the codes that are no longer sent', () => {
    expect(toModernError({ code: -32_002, message: 'gone' })).toEqual({ code: -32_602, message: 'gone' });
    expect(toModernError({ code: -32_042, message: 'open', data: { url: 'https://evil.example' } })).toEqual({
      code: -32_603,
      message: expect.any(String),
    });
    expect(toModernError({ code: 5, message: 'own', data: 1 })).toEqual({ code: 5, message: 'own', data: 1 });
    for (const error of [null, { code: '5', message: 'a' }, { code: 5 }])
      expect(() => toModernError(error)).toThrow(lied);
  });
});
