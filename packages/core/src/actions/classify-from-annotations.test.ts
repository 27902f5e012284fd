import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../upstreams/tool-definition.ts';
import { classifyFromAnnotations } from './classify-from-annotations.ts';
import { type Effect, UNKNOWN_EFFECTS } from './effects.ts';
import type { JsonObject } from './json-value.ts';

function makeTool(name: string, annotations?: JsonObject, properties?: readonly string[]): ToolDefinition {
  const inputSchema = { properties: Object.fromEntries((properties ?? []).map((key) => [key, {}])) };
  return { name, inputSchema, ...(annotations && { annotations }) };
}

describe('classifyFromAnnotations', () => {
  it.each<[string, ToolDefinition, readonly Effect[]]>([
    ['a reading name', makeTool('list_directory'), ['read']],
    ['a read-only hint', makeTool('fs_glance', { readOnlyHint: true }), ['read']],
    ['a writing name', makeTool('writeFile'), ['write']],
    ['a destructive hint', makeTool('glance', { destructiveHint: true }), ['write']],
    ['a denied read-only hint', makeTool('list_things', { readOnlyHint: false }), ['write']],
    ['a payment', makeTool('create_payment'), ['write', 'spend']],
    ['an amount in the schema', makeTool('settle', undefined, ['amount']), ['write', 'spend']],
    ['a payment that only claims to read', makeTool('pay', { readOnlyHint: true }), ['write', 'spend']],
    ['a role', makeTool('grant-role'), ['write', 'admin']],
    ['a mail', makeTool('sendEmail'), ['write', 'egress']],
    [
      'a search of the open world',
      makeTool('web_search', { readOnlyHint: true, openWorldHint: true }),
      ['read', 'egress'],
    ],
    ['a closed world', makeTool('list_files', { openWorldHint: false }), ['read']],
    ['an address in the schema', makeTool('get_page', { readOnlyHint: true }, ['url']), ['read', 'egress']],
    ['no evidence', makeTool('frobnicate'), UNKNOWN_EFFECTS],
    ['hints of the wrong type', { name: 'frobnicate', annotations: 'readOnlyHint' }, UNKNOWN_EFFECTS],
    ['a hint that is no boolean', makeTool('frobnicate', { readOnlyHint: 'true' }), UNKNOWN_EFFECTS],
  ])('proposes from %s', (_, tool, effects) => {
    const proposed = classifyFromAnnotations(tool);
    expect(proposed.effects).toEqual(effects);
    expect(proposed.proposal).toBe(true);
    expect(proposed.because.length).toBeGreaterThan(0);
  });

  it('finds properties below arrays and alternatives', () => {
    const inputSchema = { anyOf: [{ properties: { lines: { items: { properties: { price: {} } } } } }] };
    expect(classifyFromAnnotations({ name: 'note', inputSchema }).effects).toEqual(['write', 'spend']);
  });

  it('bounds what a hostile definition makes it read', () => {
    let deep: JsonObject = { properties: { amount: {} } };
    for (let i = 0; i < 5000; i++) deep = { items: deep };
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`p${i}`, { type: 'string' }]));
    expect(classifyFromAnnotations({ name: 'x'.repeat(1_000_000), inputSchema: deep }).effects).toEqual(
      UNKNOWN_EFFECTS,
    );
    expect(classifyFromAnnotations({ name: 'list', inputSchema: { properties: wide } }).effects).toEqual([
      'read',
    ]);
  });
});
