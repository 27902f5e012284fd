import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicies } from './compile-policies.ts';
import { couldMatch, type ScopeMatch, type ScopeTargets } from './match-scope.ts';
import type { CedarActionScopeJson, CedarPolicyJson, CedarScopeJson } from './policy-json.ts';
import { readEntities } from './read-entities.ts';
import { EMPTY_CEDAR_RECORD, makeCedarEntity } from './value.ts';

const TYPES = ['A', 'B'];
const IDS = ['0', '1', '2', '3', '4'];
const name = fc.record({ type: fc.constantFrom(...TYPES), id: fc.constantFrom(...IDS) });

const scope: fc.Arbitrary<CedarScopeJson> = fc.oneof(
  fc.constant({ op: 'All' as const }),
  fc.record({ op: fc.constantFrom('==' as const, 'in' as const), entity: name }),
  fc.record({ op: fc.constant('is' as const), entity_type: fc.constantFrom(...TYPES) }),
  fc.record({
    op: fc.constant('is' as const),
    entity_type: fc.constantFrom(...TYPES),
    in: fc.record({ entity: name }),
  }),
);
const actionScope: fc.Arbitrary<CedarActionScopeJson> = fc.oneof(
  fc.constant({ op: 'All' as const }),
  fc.record({ op: fc.constant('==' as const), entity: name }),
  fc.record({ op: fc.constant('in' as const), entity: name }),
  fc.record({ op: fc.constant('in' as const), entities: fc.array(name, { maxLength: 3 }) }),
);
const policy: fc.Arbitrary<CedarPolicyJson> = fc.record({
  effect: fc.constantFrom('permit' as const, 'forbid' as const),
  principal: scope,
  action: actionScope,
  resource: scope,
  conditions: fc.constant([]),
});

/** Each is in those with a higher number, of both types; so the hierarchy has no cycle. */
const entities = readEntities(
  TYPES.flatMap((type) =>
    IDS.map((id) => ({
      uid: { type, id },
      attrs: {},
      parents: id < '3' ? [{ type: id === '1' ? 'B' : 'A', id: String(Number(id) + 2) }] : [],
    })),
  ),
);

describe('the index', () => {
  it('finds exactly the policies whose scope fits', () => {
    fc.assert(
      fc.property(
        fc.array(policy, { maxLength: 40 }),
        name,
        name,
        name,
        (policies, principal, action, resource) => {
          const ids = policies.map((_, at) => `policy${at}`);
          const staticPolicies = Object.fromEntries(policies.map((one, at) => [`policy${at}`, one]));
          const request = {
            principal: makeCedarEntity(principal.type, principal.id),
            action: makeCedarEntity(action.type, action.id),
            resource: makeCedarEntity(resource.type, resource.id),
            context: EMPTY_CEDAR_RECORD,
            entities,
          };
          const target = (one: typeof request.principal) => ({
            type: one.type,
            id: one.id,
            ancestors: entities.ancestors(one),
          });
          const targets: ScopeTargets = {
            principal: target(request.principal),
            action: target(request.action),
            resource: target(request.resource),
          };
          // Alone, a policy is tested without an index.
          const wanted = ids.filter((id) => {
            const alone = compilePolicies({
              staticPolicies: { [id]: staticPolicies[id] as CedarPolicyJson },
            });
            return alone.evaluate(request).permits.length + alone.evaluate(request).forbids.length > 0;
          });
          const compiled = compilePolicies({ staticPolicies });
          const { permits, forbids } = compiled.evaluate(request);
          expect([...permits, ...forbids].sort()).toEqual([...wanted].sort());
          expect(compiled.candidates(request)).toEqual([...wanted].sort());
          const matching = ids.filter(
            (id) => couldMatch(staticPolicies[id] as CedarPolicyJson, targets) === 'always',
          );
          expect(matching).toEqual(wanted);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('what a scope could match', () => {
  const entity = { type: 'Tool', id: 'files/read' };
  const any = { op: 'All' as const };
  const make = (resource: CedarScopeJson): CedarPolicyJson => ({
    effect: 'permit',
    principal: any,
    action: any,
    resource,
    conditions: [],
  });
  const files = { type: 'Upstream', id: 'files' };
  const unnamed = { type: 'Tool', ancestors: [files] };

  it.each<[string, CedarScopeJson, ScopeTargets, ScopeMatch]>([
    ['anything', any, {}, 'always'],
    ['a name, of anything', { op: '==', entity }, {}, 'sometimes'],
    ['a name, of its type', { op: '==', entity }, { resource: unnamed }, 'sometimes'],
    ['a name, of another type', { op: '==', entity: files }, { resource: unnamed }, 'never'],
    ['a known ancestor', { op: 'in', entity: files }, { resource: unnamed }, 'always'],
    [
      'an unknown ancestor',
      { op: 'in', entity: { type: 'Upstream', id: 'x' } },
      { resource: unnamed },
      'sometimes',
    ],
    [
      'no ancestor',
      { op: 'in', entity: { type: 'Upstream', id: 'x' } },
      { resource: { ...entity, ancestors: [files] } },
      'never',
    ],
    ['itself', { op: 'in', entity }, { resource: { ...entity, ancestors: [] } }, 'always'],
    ['its type', { op: 'is', entity_type: 'Tool' }, { resource: unnamed }, 'always'],
    [
      'another type',
      { op: 'is', entity_type: 'Upstream', in: { entity: files } },
      { resource: unnamed },
      'never',
    ],
    [
      'its type and ancestor',
      { op: 'is', entity_type: 'Tool', in: { entity: files } },
      { resource: unnamed },
      'always',
    ],
  ])('%s', (_name, resource, targets, wanted) => {
    expect(couldMatch(make(resource), targets)).toBe(wanted);
  });
});
