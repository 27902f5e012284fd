import type { EntityStore } from './request.ts';
import { requireEntity } from './require-type.ts';
import type { CedarEntity, CedarSet } from './value.ts';

/** Longer lists are searched by key: a hostile hierarchy must not make `in` quadratic. */
const SHORT_LIST = 16;
const keysByList = new WeakMap<readonly CedarEntity[], ReadonlySet<string>>();

export function isSameEntity(left: CedarEntity, right: CedarEntity): boolean {
  return left.id === right.id && left.type === right.type;
}

/** Cedar's `in`: the same entity, even one that does not exist, or one of its ancestors. */
export function isWithin(store: EntityStore, entity: CedarEntity, target: CedarEntity): boolean {
  return isSameEntity(entity, target) || includesEntity(store.ancestors(entity), target);
}

export function includesEntity(list: readonly CedarEntity[], target: CedarEntity): boolean {
  if (list.length > SHORT_LIST) return listKeys(list).has(target.key);
  for (const entity of list) if (isSameEntity(entity, target)) return true;
  return false;
}

/** Any of the set; a member that is no entity errs the policy, wherever it stands. */
export function isWithinAny(store: EntityStore, entity: CedarEntity, targets: CedarSet): boolean {
  return isWithinKeys(store, entity, readKeys(targets));
}

export function readKeys(targets: CedarSet): ReadonlySet<string> {
  return new Set(targets.values().map((target) => requireEntity(target).key));
}

export function isWithinKeys(store: EntityStore, entity: CedarEntity, keys: ReadonlySet<string>): boolean {
  return keys.has(entity.key) || store.ancestors(entity).some((ancestor) => keys.has(ancestor.key));
}

function listKeys(list: readonly CedarEntity[]): ReadonlySet<string> {
  let keys = keysByList.get(list);
  if (keys === undefined) {
    keys = new Set(list.map((entity) => entity.key));
    keysByList.set(list, keys);
  }
  return keys;
}
