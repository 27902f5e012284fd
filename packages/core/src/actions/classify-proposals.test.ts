import { describe, expect, it } from 'vitest';
import { classifyFromAnnotations } from './classify-from-annotations.ts';
import type { JsonObject } from './json-value.ts';
import { assumeReversibility, isReversibility, type Reversibility } from './reversibility.ts';

const propose = (name: string, annotations: JsonObject = {}, properties: readonly string[] = []) =>
  classifyFromAnnotations({
    name,
    annotations,
    inputSchema: { properties: Object.fromEntries(properties.map((key) => [key, {}])) },
  });

describe('whether it can be taken back', () => {
  it.each<[string, string, JsonObject, Reversibility]>([
    ['what only reads', 'list_files', {}, 'reversible'],
    ['a word that ends things', 'delete_row', { destructiveHint: false }, 'irreversible'],
    ['a word that sends', 'sendEmail', {}, 'irreversible'],
    ['a hint that it destroys', 'frobnicate', { destructiveHint: true }, 'irreversible'],
    ['money', 'buy_thing', { destructiveHint: false }, 'irreversible'],
    ['the open world', 'note_it', { openWorldHint: true, readOnlyHint: false }, 'irreversible'],
    ['a hint that it only adds', 'create_note', { destructiveHint: false }, 'reversible'],
    ['a hint that it repeats without harm', 'set_label', { idempotentHint: true }, 'unknown'],
    ['no evidence', 'frobnicate', {}, 'irreversible'],
    ['a hint of the wrong type', 'create_note', { destructiveHint: 'false' }, 'unknown'],
  ])('is proposed from %s', (_, name, annotations, wanted) => {
    const { reversibility, because } = propose(name, annotations);
    expect(reversibility).toBe(wanted);
    expect(because.length).toBeGreaterThan(0);
  });

  it('is assumed of nothing before a person says so', () => {
    expect(assumeReversibility('reversible')).toBe('unknown');
    expect(assumeReversibility('irreversible')).toBe('irreversible');
    expect(isReversibility('__proto__')).toBe(false);
  });
});

describe('a data domain', () => {
  it.each([
    ['get_salary', [], 'payroll'],
    ['list_files', [], 'files'],
    ['frobnicate', ['iban'], 'payments'],
    ['read_password_file', [], 'secrets'],
    ['frobnicate', [], null],
  ])('is proposed for %s', (name, properties, domain) => {
    expect(propose(name, {}, properties).dataDomain).toBe(domain);
  });
});
