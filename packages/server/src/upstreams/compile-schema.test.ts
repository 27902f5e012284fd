import type { JsonObject, JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { createSchemaCompiler } from './compile-schema.ts';

const compile = createSchemaCompiler();
const object = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...rest,
});
const isValid = (schema: JsonObject, value: JsonValue) => compile(schema)(value).valid;

describe('createSchemaCompiler', () => {
  it('checks arguments and says what is wrong, never the value', () => {
    const check = compile(
      object(
        { amount: { type: 'integer', minimum: 1 } },
        { required: ['amount'], additionalProperties: false },
      ),
    );
    expect(check({ amount: 5 })).toEqual({ valid: true });
    expect(check({ amount: 'a secret' })).toEqual({ valid: false, detail: '/amount must be integer' });
    expect(check({})).toMatchObject({ valid: false });
    expect(check({ amount: 1, more: 2 })).toMatchObject({ valid: false });
    expect(check(null)).toMatchObject({ valid: false });
  });

  it('speaks 2020-12 and draft-07', () => {
    const tuple = [{ type: 'string' }, { type: 'number' }];
    const old = object(
      { pair: { type: 'array', items: tuple } },
      { $schema: 'http://json-schema.org/draft-07/schema#' },
    );
    expect(isValid(old, { pair: ['a', 1] })).toBe(true);
    expect(isValid(old, { pair: [1, 'a'] })).toBe(false);
    const now = object({ pair: { type: 'array', prefixItems: tuple } });
    expect(isValid(now, { pair: [1, 'a'] })).toBe(false);
    expect(() => compile({ ...now, $schema: 'http://json-schema.org/draft-04/schema#' })).toThrow('dialect');
  });

  it('follows local references and anchors only', () => {
    const $defs = { 'a/b': { type: 'string' }, named: { $anchor: 'here', type: 'number' } };
    const schema = object({ a: { $ref: '#/$defs/a~1b' }, b: { $ref: '#here' } }, { $defs });
    expect(isValid(schema, { a: 'x', b: 1 })).toBe(true);
    expect(isValid(schema, { a: 1 })).toBe(false);
    expect(isValid(schema, { b: 'x' })).toBe(false);
    for (const $ref of [
      'https://evil.example/s',
      'other.json',
      '#/$defs/none',
      '#none',
      '#/x-hidden',
      '//evil.example/s',
    ]) {
      expect(() => compile(object({ a: { $ref } }, { $defs, 'x-hidden': { type: 'string' } }))).toThrow(
        '$ref',
      );
    }
  });

  it.each<[string, JsonValue]>([
    ['no object', 'a'],
    ['another type', { type: 'string' }],
    ['an asynchronous schema', object({}, { $async: true })],
    ['a hidden asynchronous schema', object({ a: { not: { $async: true } } })],
    ['a nested identifier', object({ a: { $id: 'https://evil.example/' } })],
    ['dynamic references', object({ a: { $dynamicRef: '#x' } })],
    ['a keyword of the wrong type', object({ a: { minimum: 'one' } })],
    ['a pattern that needs backtracking', object({ a: { pattern: '^(?=a)b' } })],
    ['a back-reference', object({ a: { pattern: '(?<n>a)\\k<n>' } })],
    ['a pattern that explodes', object({ a: { pattern: '[a-c]{1000}'.repeat(10) } })],
    ['too many levels', JSON.parse(`${'{"type":"object","not":'.repeat(40)}{}${'}'.repeat(40)}`)],
  ])('refuses %s', (_, schema) => {
    expect(() => compile(schema)).toThrow();
  });

  it('takes the same schema, and the same $id, again and again', () => {
    const schema = object({ a: { type: 'string' } }, { $id: 'https://example.com/schema', id: 'x' });
    for (let i = 0; i < 3; i++) expect(isValid(schema, { a: 1 })).toBe(false);
  });

  it('never lets inherited or dangerous names count', () => {
    const schema = object({}, { required: ['constructor'] });
    expect(isValid(schema, {})).toBe(false);
    expect(isValid(object({}, { additionalProperties: false }), JSON.parse('{"__proto__":1}'))).toBe(false);
  });

  describe('takes bounded time', { timeout: 30_000 }, () => {
    const within = (milliseconds: number, schema: JsonObject, value: JsonValue) => {
      const check = compile(schema);
      const started = performance.now();
      const fit = check(value);
      expect(performance.now() - started).toBeLessThan(milliseconds);
      return fit;
    };

    it('for patterns that backtrack elsewhere', () => {
      expect(
        within(10_000, object({ a: { pattern: '^(a+)+$' } }), { a: `${'a'.repeat(50_000)}!` }).valid,
      ).toBe(false);
    });

    it('for patterns with many states', () => {
      const fit = within(10_000, object({ a: { pattern: '[ab]*a[ab]{400}$' } }), { a: 'ab'.repeat(200_000) });
      expect(fit).toEqual({ valid: false, detail: 'the arguments take too long to check' });
    });

    it('for alternatives that double at every level of the schema', () => {
      const $defs = Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          `d${i}`,
          i === 29
            ? { type: 'string' }
            : { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
        ]),
      );
      const fit = within(10_000, object({ a: { $ref: '#/$defs/d0' } }, { $defs }), { a: 1 });
      expect(fit).toMatchObject({ detail: 'the arguments take too long to check' });
    });

    it('for alternatives that double at every level of the arguments', () => {
      const node = { type: 'object', properties: { n: { $ref: '#/$defs/node' } } };
      const schema = object(
        { n: { $ref: '#/$defs/node' } },
        { $defs: { node: { anyOf: [node, { ...node, minProperties: 0 }] } } },
      );
      const deep: JsonValue = JSON.parse(`${'{"n":'.repeat(50)}1${'}'.repeat(50)}`);
      expect(within(10_000, schema, deep)).toMatchObject({ detail: 'the arguments take too long to check' });
    });

    it('for a reference to itself', () => {
      expect(within(10_000, object({}, { allOf: [{ $ref: '#' }] }), {}).valid).toBe(false);
    });

    it('for many items that must be unique', () => {
      const items = Array.from({ length: 50_000 }, (_, i) => ({ i }));
      expect(within(10_000, object({ a: { type: 'array', uniqueItems: true } }), { a: items }).valid).toBe(
        true,
      );
      expect(
        isValid(object({ a: { uniqueItems: true } }), {
          a: [
            { x: 1, y: 2 },
            { y: 2, x: 1 },
          ],
        }),
      ).toBe(false);
    });
  });
});
