import { CedarReadError } from './errors.ts';
import { readCedarEntity, readRecord } from './read-value.ts';
import type { EntityStore } from './request.ts';
import { type CedarEntity, type CedarRecord, EMPTY_CEDAR_RECORD } from './value.ts';

interface StoredEntity {
  readonly entity: CedarEntity;
  readonly attributes: CedarRecord;
  readonly tags: CedarRecord;
  readonly parents: readonly CedarEntity[];
}

const NO_ENTITIES: readonly CedarEntity[] = [];

class ReadEntities implements EntityStore {
  readonly #stored: ReadonlyMap<string, StoredEntity>;
  readonly #ancestors: ReadonlyMap<string, readonly CedarEntity[]>;

  constructor(stored: ReadonlyMap<string, StoredEntity>) {
    this.#stored = stored;
    this.#ancestors = listAncestors(stored);
  }

  attributes(name: CedarEntity): CedarRecord | undefined {
    return this.#stored.get(name.key)?.attributes;
  }

  tags(name: CedarEntity): CedarRecord | undefined {
    return this.#stored.get(name.key)?.tags;
  }

  ancestors(name: CedarEntity): readonly CedarEntity[] {
    return this.#ancestors.get(name.key) ?? NO_ENTITIES;
  }
}

/**
 * Reads entities in Cedar's JSON form. Throws `CedarReadError` for values that cannot be read, for an entity that is
 * there twice, and for one that is its own ancestor.
 */
export function readEntities(json: readonly unknown[]): EntityStore {
  const stored = new Map<string, StoredEntity>();
  for (const one of json) {
    const read = readStored(one);
    if (stored.has(read.entity.key)) throw new CedarReadError('an entity is there twice');
    stored.set(read.entity.key, read);
  }
  return new ReadEntities(stored);
}

function readStored(json: unknown): StoredEntity {
  const parents = findOwn(json, 'parents') ?? [];
  if (!Array.isArray(parents)) throw new CedarReadError('the parents of an entity are not a list');
  const tags = findOwn(json, 'tags');
  return {
    entity: readCedarEntity(findOwn(json, 'uid')),
    attributes: readRecord(findOwn(json, 'attrs')),
    tags: tags === undefined ? EMPTY_CEDAR_RECORD : readRecord(tags),
    parents: parents.map(readCedarEntity),
  };
}

function findOwn(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) throw new CedarReadError('expected an entity');
  return Object.hasOwn(json, name) ? Reflect.get(json, name) : undefined;
}

/** Without recursion: a hostile hierarchy may be deep. */
function listAncestors(
  stored: ReadonlyMap<string, StoredEntity>,
): ReadonlyMap<string, readonly CedarEntity[]> {
  const done = new Map<string, readonly CedarEntity[]>();
  const open = new Set<string>();
  for (const start of stored.keys()) {
    const waiting = [start];
    for (let key = waiting.at(-1); key !== undefined; key = waiting.at(-1)) {
      const parents = stored.get(key)?.parents ?? NO_ENTITIES;
      if (done.has(key)) waiting.pop();
      else if (open.has(key)) {
        open.delete(key);
        done.set(key, joinAncestors(parents, done));
        waiting.pop();
      } else {
        open.add(key);
        for (const parent of parents) {
          if (open.has(parent.key)) throw new CedarReadError('an entity is its own ancestor');
          waiting.push(parent.key);
        }
      }
    }
  }
  return done;
}

function joinAncestors(
  parents: readonly CedarEntity[],
  done: ReadonlyMap<string, readonly CedarEntity[]>,
): readonly CedarEntity[] {
  if (parents.length === 0) return NO_ENTITIES;
  const all = new Map<string, CedarEntity>();
  for (const parent of parents) {
    all.set(parent.key, parent);
    for (const ancestor of done.get(parent.key) ?? NO_ENTITIES) all.set(ancestor.key, ancestor);
  }
  return [...all.values()];
}
