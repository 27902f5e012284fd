import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../actions/json-value.ts';
import { canonicalTool, diffTools, type ToolDefinition, type ToolDifference } from './tool-definition.ts';

const TOOL: ToolDefinition = {
  name: 'pay',
  description: 'Pays',
  inputSchema: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount', 'payee'] },
};

describe('canonicalTool', () => {
  it('pins everything there is, for one upstream', () => {
    expect(canonicalTool('ups_1', { name: 'pay', title: 'Pay' })).toBe(
      '{"definition":{"name":"pay","title":"Pay"},"type":"countersign/tool/v1","upstream":"ups_1"}',
    );
    expect(canonicalTool('ups_2', TOOL)).not.toBe(canonicalTool('ups_1', TOOL));
    expect(canonicalTool('ups_1', { ...TOOL, description: 'Pays\u200b' })).not.toBe(
      canonicalTool('ups_1', TOOL),
    );
  });
});

describe('diffTools', () => {
  it.each<[string, Record<string, JsonValue>, ToolDifference[]]>([
    ['nothing', {}, []],
    ['a description', { description: 'Pays!' }, [{ path: '/description', before: 'Pays', after: 'Pays!' }]],
    ['a new member', { 'a/b~': null }, [{ path: '/a~1b~0', before: undefined, after: null }]],
    ['a type', { description: ['Pays'] }, [{ path: '/description', before: 'Pays', after: ['Pays'] }]],
    [
      'members deep down',
      { inputSchema: { type: 'object', properties: { constructor: {} }, required: ['amount'] } },
      [
        { path: '/inputSchema/properties/amount', before: { type: 'number' }, after: undefined },
        { path: '/inputSchema/properties/constructor', before: undefined, after: {} },
        { path: '/inputSchema/required/1', before: 'payee', after: undefined },
      ],
    ],
    [
      'an array that became an object',
      { inputSchema: { type: 'object', properties: { amount: { type: 'number' } }, required: {} } },
      [{ path: '/inputSchema/required', before: ['amount', 'payee'], after: {} }],
    ],
  ])('finds %s', (_, change, differences) => {
    expect(diffTools(TOOL, { ...TOOL, ...change } as ToolDefinition)).toEqual(differences);
  });

  it('finds nothing in another order of keys', () => {
    expect(diffTools({ name: 'a', x: { p: 1, q: 2 } }, { x: { q: 2, p: 1 }, name: 'a' })).toEqual([]);
  });
});
