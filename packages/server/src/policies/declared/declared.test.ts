import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { compileBundle } from '../bundle/compile-bundle.ts';
import { createLiveBundle } from '../decide/live-bundle.ts';
import { decideDeclared } from './decide-declared.ts';

const schema = `
namespace Shop {
  type Address = { city: String };
  entity Clerk in [Team] { level: Long, home?: Address, seen?: Set<String>, since?: datetime, from?: ipaddr, limit?: decimal, boss?: Clerk };
  entity Team;
  entity Order { total: Long };
  action money;
  action refund in [money] appliesTo { principal: Clerk, resource: Order, context: { reason?: String, amount: Long, action?: { fast?: Bool } } };
}
`;
const entities = JSON.stringify([
  {
    uid: { type: 'Shop::Clerk', id: 'ada' },
    attrs: { level: 3 },
    parents: [{ type: 'Shop::Team', id: 'east' }],
  },
  { uid: { type: 'Shop::Team', id: 'east' }, attrs: {}, parents: [] },
]);
const policies = `
@id("team") permit (principal in Shop::Team::"east", action in Shop::Action::"money", resource)
when { resource is Shop::Order && context.amount <= resource.total && principal.level >= 2 };
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Shop::Action::"refund", resource) when { context.amount > 100 };
@id("abroad") forbid (principal, action == Shop::Action::"refund", resource)
when { principal has from && !principal.from.isInRange(ip("10.0.0.0/8")) };
@id("overflow") forbid (principal, action == Shop::Action::"refund", resource)
when { context.amount + 9223372036854775807 < 0 };
`;
const files = [
  { name: 'shop.cedarschema', text: schema },
  { name: 'shop.entities.json', text: entities },
  { name: 'shop.cedar', text: policies.replace(/@id\("overflow"\)[\s\S]*/, '') },
];

async function open(given = files) {
  const compiled = await compileBundle(given, []);
  expect(compiled.errors).toEqual([]);
  return createLiveBundle({ version: 'pol_test', digest: '', validatedWith: [], ...compiled });
}

interface Change {
  readonly clerk?: JsonObject;
  readonly order?: JsonObject;
  readonly context?: JsonObject;
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
}

async function ask({ clerk = {}, order = { total: 200 }, context = { amount: 50 }, ...change }: Change = {}) {
  const { verdict, flaw } = decideDeclared(await open(), {
    principal: { type: change.type ?? 'Shop::Clerk', id: change.id ?? 'ada', properties: clerk },
    action: { name: change.name ?? 'refund', properties: {} },
    resource: { type: 'Shop::Order', id: '7', properties: order },
    context,
  });
  return flaw ?? verdict.effect;
}

describe('deciding declared types', () => {
  it.each<[string, Change, string]>([
    ['what a policy permits, by what the bundle knows of the clerk', {}, 'allow'],
    ['what the request says of the clerk wins', { clerk: { level: 1 } }, 'deny'],
    ['a step-up', { context: { amount: 150 } }, 'step_up'],
    ['more than the order', { context: { amount: 250 } }, 'deny'],
    ['a property of no type is not looked at', { clerk: { shoe: 44 } }, 'allow'],
    ['an extension value', { clerk: { from: '10.1.2.3' } }, 'allow'],
    ['an extension value that a policy forbids', { clerk: { from: '8.8.8.8' } }, 'deny'],
    [
      'every other kind of value',
      {
        clerk: {
          home: { city: 'Bonn', zip: 1 },
          seen: ['a'],
          since: '2026-01-01',
          limit: 2.5,
          boss: { type: 'Shop::Clerk', id: 'bo' },
        },
      },
      'allow',
    ],
    ['null is absent', { clerk: { home: null } }, 'allow'],
    ['an unknown type', { type: 'Shop::Robot' }, 'unknown_type'],
    ['a prototype name for a type', { type: '__proto__' }, 'unknown_type'],
    ['another prototype name', { type: 'constructor' }, 'unknown_type'],
    ['a type of our own', { type: 'Countersign::Agent' }, 'unknown_type'],
    ['an unknown action', { name: 'steal' }, 'unknown_action'],
    ['a prototype name for an action', { name: '__proto__' }, 'unknown_action'],
    ['an unknown clerk without a level', { id: 'eve' }, 'untyped'],
    ['text for a number', { clerk: { level: '3' } }, 'untyped'],
    ['a number beyond Long', { context: { amount: 1e300 } }, 'untyped'],
    ['a fraction for a Long', { context: { amount: 0.5 } }, 'untyped'],
    ['what must be there is missing', { context: {} }, 'untyped'],
    ['a member of a record is missing', { clerk: { home: {} } }, 'untyped'],
    ['an escape of the engine', { clerk: { home: { __entity: { type: 'a', id: 'b' } } } }, 'untyped'],
    [
      'an escape for text',
      { context: { amount: 1, reason: { __extn: { fn: 'ip', arg: '1.1.1.1' } } } },
      'untyped',
    ],
    ['a lone surrogate', { context: { amount: 1, reason: '\ud800' } }, 'untyped'],
    ['an address that is none', { clerk: { from: 'localhost' } }, 'untyped'],
    ['an entity of another type', { clerk: { boss: { type: 'Shop::Team', id: 'east' } } }, 'untyped'],
  ])('%s', async (_name, change, expected) => {
    expect(await ask(change)).toBe(expected);
  });

  it('denies when the engine cannot make a value of what looks like one', async () => {
    expect(await ask({ clerk: { from: '999.999.999.999' } })).toBe('deny');
  });

  it('has no types where a bundle declares none', async () => {
    const live = await open([{ name: 'a.cedar', text: 'permit (principal, action, resource);' }]);
    const entity = { type: 'user', id: 'a', properties: {} };
    const action = { name: 'read', properties: {} };
    const { verdict, flaw } = decideDeclared(live, {
      principal: entity,
      action,
      resource: entity,
      context: {},
    });
    expect([verdict.effect, flaw]).toEqual(['deny', 'unknown_type']);
  });
});

describe('a bundle that declares types', () => {
  it.each<[string, (typeof files)[number][], RegExp]>([
    [
      'a schema that does not parse',
      [{ name: 'a.cedarschema', text: 'entity user {' }],
      /^a\.cedarschema:1:/,
    ],
    [
      'a type that is not there',
      [{ name: 'a.cedarschema', text: 'entity user { boss: Nobody };' }],
      /Nobody/,
    ],
    ['our own namespace', [{ name: 'a.cedarschema', text: 'namespace Countersign { entity X; }' }], /own/],
    [
      'a schema that nests without end',
      [{ name: 'a.cedarschema', text: `entity user { a: ${'Set<'.repeat(5000)}` }],
      /deep/,
    ],
    ['entities without a schema', [{ name: 'a.entities.json', text: '[]' }], /declares/],
    [
      'entities of another type',
      [
        { name: 'a.cedarschema', text: 'entity user;' },
        { name: 'a.entities.json', text: '[{"uid":{"type":"robot","id":"1"},"attrs":{},"parents":[]}]' },
      ],
      /^a\.entities\.json:1:1/,
    ],
    [
      'entities with a key twice',
      [
        { name: 'a.cedarschema', text: 'entity user;' },
        {
          name: 'a.entities.json',
          text: '[{"uid":{"type":"user","id":"1","id":"2"},"attrs":{},"parents":[]}]',
        },
      ],
      /strict/,
    ],
    [
      'an entity twice',
      [
        { name: 'a.cedarschema', text: 'entity user;' },
        {
          name: 'a.entities.json',
          text: `[${'{"uid":{"type":"user","id":"1"},"attrs":{},"parents":[]},'.repeat(2)}{"uid":{"type":"user","id":"2"},"attrs":{},"parents":[]}]`,
        },
      ],
      /twice/,
    ],
    [
      'a policy that does not fit its types',
      [
        {
          name: 'a.cedarschema',
          text: 'entity user; action read appliesTo { principal: user, resource: user };',
        },
        {
          name: 'a.cedar',
          text: 'permit (principal, action == Action::"read", resource) when { principal.shoe == 1 };',
        },
      ],
      /shoe/,
    ],
  ])('is refused for %s', async (_name, given, expected) => {
    const { errors } = await compileBundle(given, []);
    expect(
      errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    ).toMatch(expected);
  });
});
