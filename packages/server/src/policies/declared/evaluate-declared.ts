import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  type CedarPolicyJson,
  type CompiledPolicies,
  combine,
  compilePolicies,
  type EntityStore,
  type EvaluatedPolicy,
  makeCedarEntity,
  readEntities,
  readRecord,
  type Verdict,
} from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { type DeclaredTypes, qualify } from './declared-types.ts';

interface Named {
  readonly type: string;
  readonly id: string;
}

/** An entity of the request, with what is true of it now. */
export interface ToldEntity extends Named {
  readonly attrs: object;
}

/** A request of declared types, in Cedar's JSON. */
export interface DeclaredCall {
  readonly principal: ToldEntity;
  readonly action: Named;
  readonly resource: ToldEntity;
  readonly context: object;
}

const prepared = new WeakMap<readonly ParsedPolicy[], CompiledPolicies>();
const stores = new WeakMap<DeclaredTypes, EntityStore>();

/** The verdict of all policies of a bundle, each as far as its mode goes. What cannot be read or compiled denies. */
export function evaluateDeclared(
  { policies, modes }: Pick<LiveBundle, 'policies' | 'modes'>,
  declared: DeclaredTypes,
  call: DeclaredCall,
): Verdict {
  try {
    const { permits, forbids, errors } = prepare(policies).evaluate({
      principal: toEntity(call.principal),
      action: toEntity(call.action),
      resource: toEntity(call.resource),
      context: readRecord(call.context),
      entities: tell(prepareEntities(declared), [call.resource, call.principal]),
    });
    const byId = new Map(policies.map((policy) => [policy.id, policy]));
    const describe = (id: string, outcome: EvaluatedPolicy['outcome']): EvaluatedPolicy => {
      const policy = byId.get(id);
      if (policy === undefined) throw new Error('a policy that is none of the bundle');
      const { effect, stepUp } = policy;
      const mode = modes.get(id) ?? 'enforce';
      return { id, effect, mode, ...(stepUp === undefined ? {} : { stepUp }), outcome };
    };
    const found = [
      ...[...permits, ...forbids].map((id) => describe(id, 'satisfied')),
      ...errors.map(({ policyId }) => describe(policyId, 'error')),
    ];
    return combine({ policies: found });
  } catch {
    return combine({ policies: [], failed: true });
  }
}

/** The bundle's entities, with other attributes for those of the request. */
function tell(known: EntityStore, entities: readonly ToldEntity[]): EntityStore {
  const told = new Map(entities.map((entity) => [toEntity(entity).key, readRecord(entity.attrs)]));
  return {
    attributes: (name) => told.get(name.key) ?? known.attributes(name),
    tags: (name) => known.tags(name),
    ancestors: (name) => known.ancestors(name),
  };
}

function prepareEntities(declared: DeclaredTypes): EntityStore {
  const known = stores.get(declared);
  if (known !== undefined) return known;
  const store = readEntities([...declared.entities, ...describeActions(declared)]);
  stores.set(declared, store);
  return store;
}

/** Actions are in their groups. */
function describeActions({ resolved }: DeclaredTypes): readonly EntityJson[] {
  return Object.entries(resolved).flatMap(([namespace, { actions }]) => {
    const type = qualify(namespace, 'Action');
    return Object.entries(actions).map(([id, { memberOf = [] }]) => ({
      uid: { type, id },
      attrs: {},
      parents: memberOf.map((group) => ({ type: group.type ?? type, id: group.id })),
    }));
  });
}

function prepare(policies: readonly ParsedPolicy[]): CompiledPolicies {
  const known = prepared.get(policies);
  if (known !== undefined) return known;
  const staticPolicies = Object.fromEntries(policies.map(({ id, json }) => [id, json as CedarPolicyJson]));
  const compiled = compilePolicies({ staticPolicies, templates: {}, templateLinks: [] });
  prepared.set(policies, compiled);
  return compiled;
}

function toEntity({ type, id }: Named) {
  return makeCedarEntity(type, id);
}
