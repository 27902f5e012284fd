import { CedarCompileError, CedarReadError } from './errors.ts';
import { findMember, readList, readMember, readText } from './expressions/node-json.ts';
import { includesEntity, isSameEntity } from './hierarchy.ts';
import { readCedarEntity } from './read-value.ts';
import type { CedarEntity } from './value.ts';

/** What a policy's scope asks of its principal, action or resource; undefined where it asks nothing. */
export type ScopeConstraint =
  | { readonly op: 'equal'; readonly entity: CedarEntity }
  | { readonly op: 'within'; readonly entity: CedarEntity }
  | { readonly op: 'withinAny'; readonly entities: readonly CedarEntity[] }
  | { readonly op: 'type'; readonly type: string }
  | { readonly op: 'typeWithin'; readonly type: string; readonly entity: CedarEntity };

export function readConstraint(
  json: unknown,
  slots: ReadonlyMap<string, CedarEntity>,
): ScopeConstraint | undefined {
  const op = readMember(json, 'op');
  switch (op) {
    case 'All':
      return undefined;
    case '==':
      return { op: 'equal', entity: readTarget(json, slots) };
    case 'in': {
      const entities = findMember(json, 'entities');
      if (entities === undefined) return { op: 'within', entity: readTarget(json, slots) };
      return { op: 'withinAny', entities: readList(entities, '"entities"').map(readEntity) };
    }
    case 'is': {
      const type = readText(json, 'entity_type');
      const target = findMember(json, 'in');
      if (target === undefined) return { op: 'type', type };
      return { op: 'typeWithin', type, entity: readTarget(target, slots) };
    }
    default:
      throw new CedarCompileError('a scope has an unknown operator');
  }
}

function readTarget(json: unknown, slots: ReadonlyMap<string, CedarEntity>): CedarEntity {
  const slot = findMember(json, 'slot');
  if (slot === undefined) return readEntity(readMember(json, 'entity'));
  const entity = typeof slot === 'string' ? slots.get(slot) : undefined;
  if (entity === undefined) throw new CedarCompileError('a slot that nothing fills');
  return entity;
}

function readEntity(json: unknown): CedarEntity {
  try {
    return readCedarEntity(json);
  } catch (error) {
    if (error instanceof CedarReadError) throw new CedarCompileError(error.message);
    throw error;
  }
}

export function fitsConstraint(
  constraint: ScopeConstraint,
  entity: CedarEntity,
  ancestors: readonly CedarEntity[],
): boolean {
  switch (constraint.op) {
    case 'equal':
      return isSameEntity(entity, constraint.entity);
    case 'within':
      return isAmong(constraint.entity, entity, ancestors);
    case 'withinAny':
      return constraint.entities.some((target) => isAmong(target, entity, ancestors));
    case 'type':
      return entity.type === constraint.type;
    case 'typeWithin':
      return entity.type === constraint.type && isAmong(constraint.entity, entity, ancestors);
  }
}

function isAmong(target: CedarEntity, entity: CedarEntity, ancestors: readonly CedarEntity[]): boolean {
  return isSameEntity(entity, target) || includesEntity(ancestors, target);
}
