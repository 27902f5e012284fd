import { describe, expect, it } from 'vitest';
import { compileExpression, EXPRESSION_DEPTH_LIMIT } from './compile-expression.ts';
import { compilePolicies } from './compile-policies.ts';
import { CedarCompileError, CedarEvaluationError } from './errors.ts';
import type { CedarExpressionJson, CedarPolicyJson } from './policy-json.ts';
import { readEntities } from './read-entities.ts';
import type { CedarRequest } from './request.ts';
import { EMPTY_CEDAR_RECORD, makeCedarEntity } from './value.ts';

const yes: CedarExpressionJson = { Value: true };
const permit: CedarPolicyJson = {
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
  conditions: [],
};
const when = (body: unknown): CedarPolicyJson => ({
  ...permit,
  conditions: [{ kind: 'when', body: body as CedarExpressionJson }],
});
const request: CedarRequest = {
  principal: makeCedarEntity('User', 'alice'),
  action: makeCedarEntity('Action', 'edit'),
  resource: makeCedarEntity('File', 'notes'),
  context: EMPTY_CEDAR_RECORD,
  entities: readEntities([
    {
      uid: { type: 'Action', id: 'edit' },
      attrs: {},
      parents: ['write', 'all'].map((id) => ({ type: 'Action', id })),
    },
  ]),
};
const deepen = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let json: unknown = yes;
  for (let i = 0; i < depth; i++) json = wrap(json);
  return json;
};
const negate = (arg: unknown) => ({ '!': { arg } });

describe('a policy set', () => {
  it('says what Cedar says, and everything', () => {
    const forbid: CedarPolicyJson = { ...permit, effect: 'forbid' };
    const erring = when({ Value: 1 });
    const never = { ...permit, conditions: [{ kind: 'unless' as const, body: yes }] };
    const evaluate = (staticPolicies: Record<string, CedarPolicyJson>) =>
      compilePolicies({ staticPolicies }).evaluate(request);
    expect(evaluate({})).toEqual({ decision: 'deny', permits: [], forbids: [], errors: [] });
    expect(evaluate({ z: permit, a: permit, e: erring, n: never })).toMatchObject({
      decision: 'allow',
      permits: ['a', 'z'],
      errors: [{ policyId: 'e' }],
    });
    expect(evaluate({ a: permit, f: forbid, __proto__x: erring })).toMatchObject({
      decision: 'deny',
      permits: ['a'],
      forbids: ['f'],
    });
  });

  it('finds a policy once that names several actions the request is in', () => {
    const actions = ['edit', 'write', 'all'].map((id) => ({ type: 'Action', id }));
    const one: CedarPolicyJson = { ...permit, action: { op: 'in', entities: actions } };
    const staticPolicies = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, one]));
    const compiled = compilePolicies({ staticPolicies });
    expect(compiled.evaluate(request).permits).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(compiled.candidates(request)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('fills the slots of templates, and leaves templates without links out', () => {
    const template: CedarPolicyJson = { ...permit, principal: { op: '==', slot: '?principal' } };
    const compiled = compilePolicies({
      templates: { t: template, unused: template },
      templateLinks: [
        { templateId: 't', newId: 'alice', values: { '?principal': { type: 'User', id: 'alice' } } },
        { templateId: 't', newId: 'bob', values: { '?principal': { type: 'User', id: 'bob' } } },
      ],
    });
    expect(compiled.size).toBe(2);
    expect(compiled.evaluate(request).permits).toEqual(['alice']);
  });

  it.each([
    ['an unknown operation', when({ eval: [yes] })],
    ['a prototype name as an operation', when({ constructor: [yes] })],
    ['an operation of partial evaluation', when({ unknown: [{ Value: 'x' }] })],
    ['two operations', when({ '!': { arg: yes }, neg: { arg: yes } })],
    ['no operation', when({})],
    ['a list', when([])],
    ['a missing operand', when({ '&&': { left: yes } })],
    ['an operand from the prototype', when({ '!': Object.create({ arg: yes }) })],
    ['an unknown variable', when({ Var: 'owner' })],
    ['a slot that nothing fills', when({ Slot: '?principal' })],
    ['a value that is none', when({ Value: null })],
    ['a number that was rounded', when({ '==': { left: { Value: 2 ** 60 }, right: { Value: 1 } } })],
    ['a lone surrogate', when({ '.': { left: { Var: 'context' }, attr: '\ud800' } })],
    ['a name with a lone surrogate', when({ Record: { '\ud800': yes } })],
    ['an empty path', when({ has: { left: { Var: 'context' }, attr: [] } })],
    ['a path of numbers', when({ has: { left: { Var: 'context' }, attr: [1] } })],
    ['a pattern of something else', when({ like: { left: { Value: 'a' }, pattern: ['Any'] } })],
    ['arguments that are no list', when({ ip: 'a' })],
    ['an unknown effect', { ...permit, effect: 'maybe' as 'permit' }],
    ['an unknown scope', { ...permit, principal: { op: '!=' as '==', entity: { type: 'A', id: 'a' } } }],
    ['a scope without an entity', { ...permit, principal: { op: '==' } as never }],
    ['a scope with a slot', { ...permit, resource: { op: 'in' as const, slot: '?resource' } }],
    [
      'a scope whose type is no name',
      { ...permit, principal: { op: '==' as const, entity: { type: '', id: 'a' } } },
    ],
    ['a condition of another kind', { ...permit, conditions: [{ kind: 'if' as 'when', body: yes }] }],
    ['no conditions', { ...permit, conditions: undefined as never }],
    ['what nests too deep', when(deepen(EXPRESSION_DEPTH_LIMIT + 1, negate))],
    ['what nests far too deep', when(deepen(200_000, negate))],
    ['a value that nests too deep', when({ Value: deepen(100_000, (inner) => [inner]) })],
  ])('refuses %s, and names the policy', (_name, policy) => {
    const compile = () => compilePolicies({ staticPolicies: { good: permit, bad: policy } });
    expect(compile).toThrow(CedarCompileError);
    expect(compile).toThrow(expect.objectContaining({ policyId: 'bad' }));
  });

  it.each([
    ['an unknown template', [{ templateId: 'none', newId: 'l', values: {} }]],
    ['a slot without an entity', [{ templateId: 't', newId: 'l', values: {} }]],
    ['a slot with something else', [{ templateId: 't', newId: 'l', values: { '?principal': 1 as never } }]],
    ['an id that is taken', [{ templateId: 'plain', newId: 'p', values: {} }]],
  ])('refuses a link with %s', (_name, templateLinks) => {
    const templates = {
      t: { ...permit, principal: { op: 'in' as const, slot: '?principal' } },
      plain: permit,
    };
    const compile = () => compilePolicies({ staticPolicies: { p: permit }, templates, templateLinks });
    expect(compile).toThrow(CedarCompileError);
  });

  it('takes what nests as deep as may be, and evaluates it', () => {
    const body = deepen(EXPRESSION_DEPTH_LIMIT, negate);
    expect(compilePolicies({ staticPolicies: { p: when(body) } }).evaluate(request).decision).toBe('allow');
    const has = { has: { left: { Var: 'context' }, attr: 'a' } };
    const open = deepen(EXPRESSION_DEPTH_LIMIT - 1, (inner) => ({ '==': { left: has, right: inner } }));
    expect(compilePolicies({ staticPolicies: { p: when(open) } }).evaluate(request).errors).toEqual([]);
  });

  it('takes a chain of any length, on either side', () => {
    const left = deepen(50_000, (inner) => ({ '&&': { left: inner, right: yes } }));
    const right = deepen(50_000, (inner) => ({ '||': { left: { Value: false }, right: inner } }));
    const compiled = compilePolicies({ staticPolicies: { left: when(left), right: when(right) } });
    expect(compiled.evaluate(request).permits).toEqual(['left', 'right']);
  });

  it('lets through what is no error of evaluation', () => {
    const entities = {
      ...request.entities,
      ancestors: () => [],
      attributes: () => {
        throw new TypeError('broken store');
      },
    };
    const compiled = compilePolicies({
      staticPolicies: { p: when({ has: { left: { Var: 'principal' }, attr: 'a' } }) },
    });
    expect(() => compiled.evaluate({ ...request, entities })).toThrow(TypeError);
  });

  it('errs only the policies that read what a lazy record cannot give', () => {
    const context = {
      kind: 'record' as const,
      names: () => ['bad'],
      get: (name: string) => {
        if (name === 'bad') throw new CedarEvaluationError('cannot be read');
        return undefined;
      },
    };
    const has = (attr: string) => when({ has: { left: { Var: 'context' }, attr } });
    const { errors, permits } = compilePolicies({
      staticPolicies: { p: permit, bad: has('bad'), good: has('good') },
    }).evaluate({ ...request, context });
    expect({ errors, permits }).toEqual({
      errors: [{ policyId: 'bad', message: 'cannot be read' }],
      permits: ['p'],
    });
  });
});

describe('an expression alone', () => {
  it('is evaluated on a request', () => {
    const evaluate = compileExpression({ '.': { left: { Record: { a: { Var: 'principal' } } }, attr: 'a' } });
    expect(evaluate(request)).toBe(request.principal);
  });

  it('throws an error of evaluation, also when it depends on no request', () => {
    const evaluate = compileExpression({ '+': { left: { Value: 2n ** 63n - 1n }, right: { Value: 1 } } });
    expect(() => evaluate(request)).toThrow(CedarEvaluationError);
  });

  it('takes a slot', () => {
    const alice = makeCedarEntity('User', 'alice');
    const json = { '==': { left: { Slot: '?principal' }, right: { Var: 'principal' as const } } };
    expect(compileExpression(json, new Map([['?principal', alice]]))(request)).toBe(true);
  });
});
