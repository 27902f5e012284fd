import type { JsonObject, JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { compileMapping } from './compile-mapping.ts';
import { findMapping } from './find-mapping.ts';
import { MappingError } from './mapping-error.ts';

const agent = 'http://agentprovider.com/agent-app-id';
const token = {
  sub: 'alice@example.com',
  client_id: agent,
  iss: 'https://auth.example.com',
  aud: 'https://mcp.example.com',
  exp: 1_750_000_000,
  roles: ['treasury'],
};
const anchor = { subject: token.sub, agent };
const subject = { type: 'identity', id: '$token.sub' };
const customer = { type: 'customer', id: '$params.arguments.id' };
const plain = { subject, action: { name: 'read' }, resource: customer };

function ask(mapping: JsonValue, given: JsonObject, claims: JsonObject = token) {
  return compileMapping(mapping)({ params: { name: 'tool', arguments: given }, token: claims }, anchor);
}

/** What one member of the context comes to. */
function evaluate(expression: JsonValue, given: JsonObject = {}): JsonValue | undefined {
  const evaluation = { ...plain, resource: { type: 'a', id: 'b' }, context: { it: expression } };
  return ask({ evaluation }, given)[0]?.context.it;
}

describe('the examples of the draft', () => {
  it('ask one question', () => {
    const mapping = {
      evaluation: {
        subject,
        action: { name: 'get_customer' },
        resource: customer,
        context: { agent: '$token.?client_id', case: '$params.arguments.case' },
      },
    };
    expect(ask(mapping, { id: 'cust-12345', case: 'case-67890' })).toEqual([
      {
        principal: { type: 'identity', id: 'alice@example.com', properties: {} },
        action: { name: 'get_customer', properties: {} },
        resource: { type: 'customer', id: 'cust-12345', properties: {} },
        context: { agent, case: 'case-67890' },
      },
    ]);
  });

  it('ask several questions', () => {
    const evaluations = ['read', 'write'].map((name) => ({
      action: { name },
      resource: {
        type: 'storage_object',
        id: `$params.arguments.${name === 'read' ? 'source' : 'destination'}`,
      },
    }));
    const mapping = { evaluations: { subject, context: { agent: '$token.?client_id' }, evaluations } };
    const asked = ask(mapping, { source: '/bucket/reports/q1.pdf', destination: '/bucket/archive/q1.pdf' });
    expect(asked.map(({ action, resource }) => [action.name, resource.id])).toEqual([
      ['read', '/bucket/reports/q1.pdf'],
      ['write', '/bucket/archive/q1.pdf'],
    ]);
    expect(
      asked.every(({ principal, context }) => principal.id === token.sub && context.agent === agent),
    ).toBe(true);
  });

  it('choose by what is given', () => {
    const mapping = {
      evaluation: {
        subject: {
          type: "$token.roles.exists(r, r == 'treasury') ? 'treasury_user' : 'standard_user'",
          id: '$token.sub',
        },
        action: {
          name: "$params.arguments.currency == 'USD' ? 'domestic_transfer' : 'international_transfer'",
        },
        resource: {
          type: 'account',
          id: '$params.arguments.from_account',
          properties: { sensitivity: "$params.arguments.amount > 10000 ? 'high' : 'standard'" },
        },
        context: { agent: '$token.?client_id', target_account: '$params.arguments.to_account' },
      },
    };
    const given = { from_account: 'a', to_account: 'b', amount: 20_000, currency: 'EUR' };
    expect(ask(mapping, given)).toEqual([
      {
        principal: { type: 'treasury_user', id: token.sub, properties: {} },
        action: { name: 'international_transfer', properties: {} },
        resource: { type: 'account', id: 'a', properties: { sensitivity: 'high' } },
        context: { agent, target_account: 'b' },
      },
    ]);
  });
});

describe('a value', () => {
  it.each<[JsonValue, JsonValue | undefined]>([
    ['$$50', '$50'],
    ['a$b', 'a$b'],
    [10, 10],
    [null, null],
    ["$'urn:' + params.arguments.id", 'urn:x'],
    ['$params.arguments.?none', undefined],
    ['$params.arguments.?none.orValue(3)', 3],
    ['$params.arguments["odd-name"]', true],
    ['$params.arguments', { id: 'x', 'odd-name': true }],
    ['$size(params.arguments.id) + 1', 2],
    [
      ['a', 1],
      ['a', 1],
    ],
  ])('%j comes to %j', (template, wanted) => {
    expect(evaluate(template, { id: 'x', 'odd-name': true })).toEqual(wanted);
  });

  it.each([
    ['a missing key', '$params.arguments.none', {}],
    ['another variable', '$process.env', {}],
    ['a global', '$globalThis', {}],
    ['a constructor', '$params.constructor', {}],
    ['a constructor by index', '$params["constructor"]', {}],
    ['a prototype', '$params.__proto__', {}],
    ['a method of a text', '$params.name.length', {}],
    ['a pattern', '$params.name.matches("(a+)+$")', {}],
    ['a list of longer texts', '$params.arguments.l.map(x, x + x)', { l: [] }],
    ['a list with an input for each item', '$params.arguments.l.map(x, size(params.name))', { l: [] }],
    ['a look-up by another input', '$params.arguments.l.map(x, params.arguments[params.name])', { l: [] }],
    ['a nested map', '$params.arguments.l.map(x, params.arguments.l.map(y, y))', { l: [] }],
    ['a filtered map', '$params.arguments.l.map(x, x != "", x)', { l: [] }],
    ['bound variables', '$cel.bind(x, "aa", x + x)', {}],
    ['a nested quantifier', '$params.arguments.l.all(a, params.arguments.l.all(b, b == "c"))', { l: [] }],
    [
      'two inputs compared for each item',
      '$params.arguments.l.all(a, params.name == params.name)',
      { l: [] },
    ],
    ['a search for an input', '$params.name.contains(params.arguments.a)', { a: '' }],
    ['a text that grows', `$${Array.from({ length: 12 }, () => 'params.name').join(' + ')}`, {}],
    ['too long an expression', `$'${'a'.repeat(2_100)}'`, {}],
    ['too deep an expression', `$${'('.repeat(500)}1${')'.repeat(500)}`, {}],
    ['too many operators', `$${'!'.repeat(500)}true`, {}],
    ['bytes', "$b'abc'", {}],
    ['a time', "$timestamp('2020-01-01T00:00:00Z')", {}],
    ['an integer that is no number', '$9007199254740993', {}],
    ['a type', '$type(1)', {}],
    ['an unreadable expression', '$params..name', {}],
    ['an empty expression', '$', {}],
    ['an expression in a list', ['$params.name'], {}],
    ['a large call', '$params.name', { l: Array.from({ length: 1_001 }, () => 0) }],
    ['a long call', '$params.name', { l: 'a'.repeat(131_073) }],
    ['a long result', '$params.arguments.l', { l: 'a'.repeat(16_385) }],
    ['a division by zero', '$1 / 0', {}],
  ])('is refused: %s', (_, template, given) => {
    expect(() => evaluate(template, given)).toThrow(MappingError);
  });

  it.each<[string, string, JsonValue]>([
    ['the items that a constant picks', "params.arguments.l.filter(x, x.k == 'a').map(x, x.n)", [1]],
    ['how many there are', "size(params.arguments.l.filter(x, x.k.startsWith('a')))", 1],
    ['what was read of each', 'params.arguments.l.map(x, remembered.thing[x.k])', ['A', 'B']],
    [
      'what was read under several names',
      "params.arguments.l.map(x, remembered.thing[?x.k + ' ' + x.k].orValue('none'))",
      ['AA', 'none'],
    ],
    ['the sizes of all that was read', 'remembered.thing.map(k, size(remembered.thing[k]))', [1, 1, 2]],
    ['nothing where nothing was read', 'size(remembered.other)', 0],
  ])('reads %s', (_, expression, wanted) => {
    const things = new Map([
      ['a', 'A'],
      ['b', 'B'],
      ['a a', 'AA'],
    ]);
    const remembered = new Map([
      ['thing', things],
      ['other', new Map<string, JsonValue>()],
    ]);
    const evaluation = { ...plain, resource: { type: 'a', id: 'b' }, context: { it: `$${expression}` } };
    const params = {
      name: 'tool',
      arguments: {
        l: [
          { k: 'a', n: 1 },
          { k: 'b', n: 2 },
        ],
      },
    };
    expect(compileMapping({ evaluation })({ params, token, remembered }, anchor)[0]?.context.it).toEqual(
      wanted,
    );
  });

  it('takes bounded time at worst', () => {
    const expression = '$params.arguments.l.all(a, a != "b" && a != "c" && a != "d")';
    const context = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}`, expression]));
    const start = performance.now();
    ask({ evaluation: { ...plain, context } }, { id: 'x', l: Array.from({ length: 900 }, () => 'a') });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('is refused where all of them together compute too much', () => {
    const expression = `$${Array.from({ length: 8 }, () => 'size(params.name)').join(' + ')}`;
    const context = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}`, expression]));
    expect(() => ask({ evaluation: { ...plain, context } }, { id: 'x' })).toThrow(/computes too much/);
  });

  it('says nothing of what it read', () => {
    const given = { secret: 'hunter2' };
    expect(() => evaluate('$params.arguments.secret + 1', given)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('keeps hostile names to themselves', () => {
    const given = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;
    const found = evaluate('$params.arguments', given) as JsonObject;
    expect(Object.keys(found)).toEqual(['__proto__']);
    expect(({} as JsonObject).polluted).toBeUndefined();
  });
});

describe('a mapping', () => {
  it.each<[string, JsonValue]>([
    ['without an envelope', {}],
    ['with two envelopes', { evaluation: plain, evaluations: { ...plain, evaluations: [{}] } }],
    ['with an unknown envelope', { search: plain }],
    ['that is a list', [plain]],
    ['without a resource', { evaluation: { subject, action: { name: 'a' } } }],
    ['with a member of its own', { evaluation: { ...plain, options: {} } }],
    ['with attributes beside properties', { evaluation: { ...plain, resource: { ...customer, level: 1 } } }],
    ['without entries', { evaluations: { ...plain, evaluations: [] } }],
    ['with another subject', { evaluation: { ...plain, subject: { type: 'identity', id: 'admin' } } }],
    [
      'with a subject that the caller gives',
      { evaluation: { ...plain, subject: { id: '$params.arguments.id' } } },
    ],
    ['with a subject that is absent', { evaluation: { ...plain, subject: { id: '$token.?none' } } }],
    ['with a whole subject from elsewhere', { evaluation: { ...plain, subject: '$params.arguments' } }],
    ['with a subject in an entry', { evaluations: { ...plain, evaluations: [{ subject }] } }],
    ['with an absent id', { evaluation: { ...plain, resource: { type: 'a', id: '$params.?none' } } }],
    ['with an id of null', { evaluation: { ...plain, resource: { type: 'a', id: null } } }],
    ['with an id that is no text', { evaluation: { ...plain, resource: { type: 'a', id: 5 } } }],
    [
      'with too many entries',
      { evaluations: { ...plain, evaluations: Array.from({ length: 11 }, () => ({})) } },
    ],
    [
      'with too many values',
      { evaluation: { ...plain, context: { l: Array.from({ length: 400 }, () => 0) } } },
    ],
  ])('%s is refused', (_, mapping) => {
    expect(() => ask(mapping, { id: 'x' })).toThrow(MappingError);
  });

  it('leaves the subject to the token, and the agent', () => {
    const context = { agent: 'somebody else' };
    const [asked] = ask({ evaluation: { action: { name: 'a' }, resource: customer, context } }, { id: 'x' });
    expect(asked?.principal).toEqual({ type: 'identity', id: token.sub, properties: {} });
    expect(asked?.context).toEqual({ agent });
  });
});

describe('findMapping', () => {
  const message = {
    method: 'tools/call',
    target: 'echo',
    reference: undefined,
    definition: null,
    resource: 'here',
  };
  const inputs = { params: { name: 'echo', arguments: {} }, token };

  it.each([
    [{ method: 'tools/call' }, ['tools/call', 'tool', 'echo']],
    [{ method: 'initialize', target: '' }, ['initialize', 'mcp_server', 'here']],
    [{ method: 'resources/read', target: 'file:///a' }, ['resources/read', 'resource', 'file:///a']],
    [{ method: 'completion/complete', reference: 'ref/prompt' }, ['completion/complete', 'prompt', 'echo']],
    [{ method: 'tasks/get' }, ['tasks/get', 'task', 'echo']],
  ])('has a default for %j', (change, wanted) => {
    const [asked] = findMapping({ ...message, ...change })?.(inputs, anchor) ?? [];
    expect([asked?.action.name, asked?.resource.type, asked?.resource.id]).toEqual(wanted);
  });

  it('lets pings and notifications pass, and no unknown method', () => {
    expect(findMapping({ ...message, method: 'ping' })?.(inputs, anchor)).toEqual([]);
    expect(findMapping({ ...message, method: 'notifications/cancelled' })?.(inputs, anchor)).toEqual([]);
    expect(findMapping({ ...message, method: 'tools/destroy' })).toBeUndefined();
    expect(findMapping({ ...message, method: 'constructor' })).toBeUndefined();
  });

  it('takes the tool’s own, and refuses one that is malformed', () => {
    const own = { evaluation: { ...plain, resource: { type: 'a', id: 'b' } } };
    const definition = (mapping: JsonValue) => ({ inputSchema: { 'x-authzen-mapping': mapping } });
    const [asked] = findMapping({ ...message, definition: definition(own) })?.(inputs, anchor) ?? [];
    expect(asked?.action.name).toBe('read');
    const malformed = { ...message, definition: definition(null) };
    expect(() => findMapping(malformed)).toThrow(MappingError);
    expect(() => findMapping(malformed)).toThrow(MappingError);
  });
});
