import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { importOperations } from './import-operations.ts';
import { readOperation } from './operation.ts';
import { readDocument } from './read-document.ts';

const none = { headers: new Set<string>(), query: new Set<string>() };
const ok = { responses: {} };

function importPaths(paths: JsonObject, more: JsonObject = {}, own = none) {
  return importOperations({ openapi: '3.1.0', paths, ...more }, own);
}

function inputOf(tool: JsonObject | undefined): JsonObject {
  return tool?.inputSchema as JsonObject;
}

describe('importOperations', () => {
  it('names operations by their id, or by method and path', () => {
    const { tools } = importPaths({
      '/a b/{x}': {},
      '/v1/users/{id}/posts': { get: { ...ok, parameters: [id()] } },
      '/x': { post: { operationId: 'make it!', ...ok } },
    });
    expect(tools.map(({ name }) => name)).toEqual(['get_v1_users_id_posts', 'make_it']);
  });

  it('refuses both of two that would have one name', () => {
    const { tools, refused } = importPaths({
      '/a': { get: { operationId: 'x y' } },
      '/b': { get: { operationId: 'x_y' } },
    });
    expect(tools).toEqual([]);
    expect(refused.map(({ name }) => name)).toEqual(['GET /a', 'GET /b']);
  });

  it.each([
    [
      'two templates that cannot be told apart',
      { '/a/{x}': { get: { parameters: [id('x')] } }, '/a/{y}': { get: { parameters: [id('y')] } } },
    ],
    [
      'templates of which neither is the more exact',
      { '/a/{x}/c': { get: { parameters: [id('x')] } }, '/a/b/{y}': { get: { parameters: [id('y')] } } },
    ],
    [
      'text and a parameter in one segment',
      { '/ok': { get: {} }, '/a/{x}.json': { get: { parameters: [id('x')] } } },
    ],
    ['a step upwards', { '/ok': { get: {} }, '/a/../b': { get: {} } }],
    ['an encoded path', { '/ok': { get: {} }, '/a%2fb': { get: {} } }],
    ['a parameter the path has not', { '/ok': { get: {} }, '/a': { get: { parameters: [id('x')] } } }],
    [
      'a required cookie',
      { '/ok': { get: {} }, '/a': { get: { parameters: [{ in: 'cookie', name: 'c', required: true }] } } },
    ],
    [
      'a server of its own',
      { '/ok': { get: {} }, '/a': { get: { servers: [{ url: 'https://elsewhere.example' }] } } },
    ],
    [
      'a reference out of the document',
      { '/ok': { get: {} }, '/a': { post: { requestBody: { $ref: 'https://evil.example/x.json#/y' } } } },
    ],
    [
      'a reference in circles',
      { '/ok': { get: {} }, '/a': { post: { requestBody: { $ref: '#/paths/~1a/post/requestBody' } } } },
    ],
    [
      'a reading method with a body',
      { '/ok': { get: {} }, '/a': { get: { requestBody: { required: true, content: json({}) } } } },
    ],
  ])('refuses %s, and keeps the rest', (_, paths) => {
    const { tools, refused } = importPaths(paths as unknown as JsonObject);
    expect(tools).toHaveLength(1);
    expect(refused).toHaveLength(1);
  });

  it('leaves headers that are nobody’s, and those the gateway sets, to nobody', () => {
    const names = [
      'Authorization',
      'Host',
      'Content-Length',
      'X-HTTP-Method-Override',
      'X-Forwarded-For',
      'X-Api-Key',
      'X-Mine',
    ];
    const parameters = [
      ...names.map((name) => ({ in: 'header', name, schema: { type: 'string' } })),
      { in: 'query', name: 'key', schema: { type: 'string' } },
    ];
    const own = { headers: new Set(['x-api-key']), query: new Set(['key']) };
    const { tools } = importPaths({ '/a': { get: { parameters } } }, {}, own);
    expect(Object.keys(inputOf(tools[0]).properties as JsonObject)).toEqual(['header']);
    expect(readOperation(tools[0] ?? {})?.parameters.map(({ name }) => name)).toEqual(['X-Mine']);
  });

  it('carries referenced schemas along, cycles too, without what only answers have', () => {
    const Pet = {
      type: 'object',
      required: ['id', 'name'],
      properties: {
        id: { type: 'integer', readOnly: true },
        name: { type: 'string' },
        friend: { $ref: '#/components/schemas/Pet' },
      },
    };
    const { tools } = importPaths(
      {
        '/pets': {
          post: { requestBody: { required: true, content: json({ $ref: '#/components/schemas/Pet' }) } },
        },
      },
      { components: { schemas: { Pet } } },
    );
    expect(inputOf(tools[0])).toMatchObject({
      required: ['body'],
      additionalProperties: false,
      properties: { body: { $ref: '#/$defs/Pet' } },
      $defs: { Pet: { required: ['name'], properties: { friend: { $ref: '#/$defs/Pet' } } } },
    });
  });

  it('reads the words that 3.0 has for null and for open bounds', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer', nullable: true, minimum: 0, exclusiveMinimum: true } },
    };
    const { tools } = importOperations(
      { openapi: '3.0.3', paths: { '/a': { post: { requestBody: { content: json(schema) } } } } },
      none,
    );
    expect(inputOf(tools[0])).toMatchObject({
      properties: { body: { properties: { a: { type: ['integer', 'null'], exclusiveMinimum: 0 } } } },
    });
  });

  it('tells less of a schema that is too large, instead of nothing', () => {
    const leaf = (depth: number): JsonObject =>
      depth === 0
        ? { type: 'string', description: 'x'.repeat(300) }
        : {
            type: 'object',
            properties: Object.fromEntries([1, 2, 3, 4].map((n) => [`p${n}`, leaf(depth - 1)])),
          };
    const { tools } = importPaths({ '/a': { post: { requestBody: { content: json(leaf(5)) } } } });
    expect(JSON.stringify(tools[0]).length).toBeLessThan(64_000);
    expect(inputOf(tools[0])).toMatchObject({ properties: { body: { type: 'object' } } });
  });

  it('proposes what a method says of itself', () => {
    const { tools } = importPaths({ '/a': { get: ok, delete: ok } });
    expect(tools.map(({ annotations }) => annotations)).toMatchObject([
      { readOnlyHint: false, destructiveHint: true },
      { readOnlyHint: true, destructiveHint: false },
    ]);
  });
});

describe('readDocument', () => {
  it.each([
    ['another version', 'swagger: "2.0"\npaths: {}'],
    ['no paths', 'openapi: 3.1.0'],
    ['duplicate keys', '{"openapi":"3.1.0","paths":{},"paths":{}}'],
    ['a prototype', '{"openapi":"3.1.0","paths":{"__proto__":{}}}'],
    ['a prototype in YAML', 'openapi: 3.1.0\npaths: { __proto__: { get: {} } }'],
    ['broken YAML', 'openapi: [3.1.0'],
    ['a tag', 'openapi: 3.1.0\npaths: !!js/function x'],
    [
      'aliases that multiply',
      `openapi: 3.1.0\nx: &a [1,1,1,1,1,1,1,1,1,1]\n${[...'bcdefgh'].map((n, i) => `${n}: &${n} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\npaths: {}`,
    ],
    ['depth', `{"openapi":"3.1.0","paths":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`],
  ])('refuses %s', (_, text) => {
    expect(() => readDocument(text)).toThrow(expect.objectContaining({ code: 'upstream.document_invalid' }));
  });
});

function id(name = 'id') {
  return { in: 'path', name, required: true, schema: { type: 'integer' } };
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
}
