import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  combine,
  type EntityStore,
  makeCedarEntity,
  readEntities,
  readRecord,
  type Verdict,
} from '@countersign/core';
import { listEvaluated } from '../decide/evaluate.ts';
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

const stores = new WeakMap<DeclaredTypes, EntityStore>();

/** The verdict of all policies of a bundle, each as far as its mode goes. What cannot be read denies. */
export function evaluateDeclared(live: LiveBundle, declared: DeclaredTypes, call: DeclaredCall): Verdict {
  try {
    const evaluation = live.compiled.evaluate({
      principal: toEntity(call.principal),
      action: toEntity(call.action),
      resource: toEntity(call.resource),
      context: readRecord(call.context),
      entities: tell(prepareEntities(declared), [call.resource, call.principal]),
    });
    return combine({ policies: listEvaluated(live, evaluation, null) });
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

function toEntity({ type, id }: Named) {
  return makeCedarEntity(type, id);
}
