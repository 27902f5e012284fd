import { CedarEvaluationError, type JsonObject, type JsonValue, writeCedarValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { decideWith, makeBundle, makeRequest, makeTool, testAgent } from '../create-test-policies.ts';
import { type RecordType, readArgumentType } from '../schema/argument-type.ts';
import { listUnmapped, mapArguments } from './map-arguments.ts';

const text = { type: 'string' };

function typeOf(properties: JsonObject, required: readonly string[] = []) {
  return readArgumentType(makeTool('a/b', { properties, required }).definition);
}

/** Everything that a policy could read, and the names of what errs when it does. */
function readAll(type: RecordType, given: JsonObject) {
  const mapped = mapArguments(type, given);
  const value: Record<string, JsonValue> = {};
  const failed: string[] = [];
  for (const name of mapped.names()) {
    try {
      const told = mapped.get(name);
      if (told !== undefined) value[name] = writeCedarValue(told) as JsonValue;
    } catch (error) {
      expect(error).toBeInstanceOf(CedarEvaluationError);
      failed.push(name);
    }
  }
  return { value, failed };
}

describe('Cedar escapes in arguments', () => {
  const agent = { __entity: { type: 'Countersign::Agent', id: testAgent.id } };
  const extension = { __extn: { fn: 'decimal', arg: '1.0' } };

  it.each([
    ['an entity for a text', { a: text }, { a: agent }],
    ['an extension for a text', { a: text }, { a: extension }],
    ['an extension for a number', { a: { type: 'number' } }, { a: extension }],
    ['an entity in a set', { a: { type: 'array', items: text } }, { a: [agent] }],
    [
      'an entity in a set of records',
      { a: { type: 'array', items: { type: 'object', properties: { b: text } } } },
      { a: [{ b: agent }] },
    ],
    ['an expression', { a: text }, { a: { __expr: 'principal' } }],
  ])('are never told: %s', (_what, properties, given) => {
    const mapped = readAll(typeOf(properties), given as JsonObject);
    expect(mapped).toMatchObject({ value: {}, failed: ['a'] });
  });

  it('are dropped inside a record, whose other members stay', () => {
    const type = typeOf({ a: { type: 'object', properties: { b: text } } });
    const { value } = readAll(type, { a: { b: 'x', ...agent } });
    expect(JSON.stringify(value)).toBe('{"a":{"b":"x"}}');
    expect(listUnmapped(type, { a: { b: 'x', ...agent } })).toEqual(['a.__entity']);
  });

  it('are no names of members, whatever the upstream declares', () => {
    const type = typeOf({ __entity: { type: 'object', properties: { type: text, id: text } }, __extn: text });
    expect([...type.members]).toEqual([]);
    expect(listUnmapped(type, agent)).toEqual(['__entity']);
  });

  it('stay text as text', async () => {
    const tool = makeTool('a/b', { properties: { a: text } });
    const bundle = await makeBundle(
      `permit (principal, action == Countersign::Action::"a/b", resource) when { context.args.a like "{*__entity*" };`.replace(
        'context.args.a like',
        'context.args has a && context.args.a like',
      ),
      [tool],
    );
    expect(decideWith(bundle, makeRequest(tool, { a: JSON.stringify(agent) })).effect).toBe('allow');
  });
});

describe('hostile arguments', () => {
  const tool = makeTool('a/b', {
    properties: {
      n: { type: 'integer' },
      r: { type: 'number' },
      s: text,
      set: { type: 'array', items: text },
      rec: { type: 'object', properties: { in: text }, required: ['in'] },
    },
  });
  const names = ['n', 'r', 's', 'set', 'rec'];
  const nest = (depth: number): JsonValue => (depth === 0 ? 1 : { in: nest(depth - 1) });

  it.each<[string, JsonObject]>([
    ['an integer beyond 2^53', { n: 2 ** 53 }],
    ['a fraction for an integer', { n: 1.5 }],
    ['a text for an integer', { n: '1' }],
    ['five digits after the point', { r: 0.12345 }],
    ['an exponent', { r: 1e-7 }],
    ['a decimal out of range', { r: 1e15 }],
    ['a lone surrogate', { s: '\ud800' }],
    ['an endless text', { s: 'x'.repeat(200_000) }],
    ['a huge set', { set: Array.from({ length: 5000 }, (_, i) => String(i)) }],
    ['a set of sets', { set: [['x']] }],
    ['a set with a null', { set: ['x', null] }],
    ['a deep value for a record', { rec: nest(500) }],
    ['a record without what it must have', { rec: {} }],
    ['an array for a record', { rec: [] }],
    ['a record for a text', { s: {} }],
  ])('that cannot be told deny when a policy reads them: %s', async (_what, given) => {
    const [name = ''] = Object.keys(given);
    const scope = '(principal, action == Countersign::Action::"a/b", resource)';
    const reads = await makeBundle(
      `permit (principal, action, resource); @id("f") forbid ${scope} when { context.args has ${name} && context.args.${name} == context.args.${name} && false };`,
      [tool],
    );
    expect(decideWith(reads, makeRequest(tool, given))).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'forbid_failed', policyIds: ['t:f'] }],
    });
    const absent = await makeBundle(`@id("p") permit ${scope} unless { context.args has ${name} };`, [tool]);
    expect(decideWith(absent, makeRequest(tool, given)).effect).toBe('deny');
    const others = names.filter((other) => other !== name).map((other) => `context.args has ${other}`);
    const blind = await makeBundle(
      `permit (principal, action, resource); forbid ${scope} when { ${others.join(' || ')} };`,
      [tool],
    );
    expect(decideWith(blind, makeRequest(tool, given)).effect).toBe('allow');
    expect(listUnmapped(readArgumentType(tool.definition), given)).toContain(name);
  });

  it('cannot hide an unmapped name among many', async () => {
    const bundle = await makeBundle(
      `permit (principal, action, resource); forbid (principal, action, resource) when { context.unmapped.contains("bad") };`,
      [tool],
    );
    const flood = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`x${i}`, 1]));
    expect(decideWith(bundle, makeRequest(tool, { ...flood, bad: 1 })).effect).toBe('deny');
    expect(decideWith(bundle, makeRequest(tool, { bad: 1 })).effect).toBe('deny');
    expect(decideWith(bundle, makeRequest(tool, { good: 1 })).effect).toBe('allow');
  });

  it('read no member of a prototype', async () => {
    const type = typeOf({ constructor: text, toString: text, hasOwnProperty: text });
    expect(readAll(type, {}).value).toEqual({});
    expect(readAll(type, JSON.parse('{"constructor":"c","__proto__":{"toString":"t"}}'))).toMatchObject({
      value: { constructor: 'c' },
      failed: [],
    });
    expect(listUnmapped(type, JSON.parse('{"__proto__":{"admin":true}}'))).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('that no policy reads cost nothing, whatever they are', async () => {
    const bundle = await makeBundle('permit (principal, action, resource);', [tool]);
    expect(decideWith(bundle, makeRequest(tool, { s: '\ud800', rec: nest(2000), n: 1e300 })).effect).toBe(
      'allow',
    );
  });
});

describe('the type of arguments', () => {
  it.each<[string, JsonObject, string]>([
    ['a nullable', { a: { type: ['string', 'null'] } }, 'string'],
    ['a nullable union', { a: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }, 'long'],
    ['a set', { a: { type: 'array', items: { type: 'number' } } }, 'set'],
  ])('is read from %s', (_what, properties, kind) => {
    expect(typeOf(properties).members.get('a')?.type.kind).toBe(kind);
  });

  it.each<[string, JsonObject]>([
    ['a free-form object', { a: { type: 'object' } }],
    ['a map', { a: { type: 'object', additionalProperties: text } }],
    ['a union', { a: { type: ['string', 'integer'] } }],
    ['a wider union', { a: { oneOf: [text, { type: 'integer' }] } }],
    ['a tuple', { a: { type: 'array', prefixItems: [text] } }],
    ['a set with nulls', { a: { type: 'array', items: { type: ['string', 'null'] } } }],
    ['a reference elsewhere', { a: { $ref: 'https://example.test/schema' } }],
    ['a reference to nothing', { a: { $ref: '#/$defs/none' } }],
    ['a schema that is true', { a: true }],
    ['a schema that is null', { a: null }],
  ])('leaves out %s', (_what, properties) => {
    expect([...typeOf(properties).members]).toEqual([]);
  });

  it('ends with a schema that refers to itself', () => {
    const reference = { $ref: '#/$defs/node' };
    const node = { type: 'object', properties: { inner: reference, name: text } };
    const properties = { node: reference, whole: { $ref: '#' } };
    const inputSchema: JsonObject = {
      type: 'object',
      properties,
      $defs: { node, loop: { $ref: '#/$defs/loop' } },
    };
    const type = readArgumentType({ name: 'b', inputSchema });
    expect([...type.members.keys()]).toEqual(['node']);
    const looping = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/loop' } },
      $defs: { loop: { $ref: '#/$defs/loop' } },
    };
    expect(readArgumentType({ name: 'b', inputSchema: looping }).members.size).toBe(0);
  });

  it('bounds what an upstream may declare', () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`m${i}`, text]));
    expect(typeOf(many).members.size).toBe(500);
  });
});
