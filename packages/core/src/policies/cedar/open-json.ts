import { CedarEvaluationError, CedarReadError } from './errors.ts';
import { isSameEntity } from './hierarchy.ts';
import { readCedarEntity, readCedarValue } from './read-value.ts';
import type { EntityStore } from './request.ts';
import {
  type CedarEntity,
  type CedarRecord,
  type CedarValue,
  EMPTY_CEDAR_RECORD,
  makeCedarEntity,
} from './value.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

class OpenedRecord implements CedarRecord {
  readonly kind = 'record';
  readonly #json: JsonRecord;
  #known: Map<string, CedarValue> | undefined;

  constructor(json: JsonRecord) {
    this.#json = json;
  }

  get(name: string): CedarValue | undefined {
    if (!Object.hasOwn(this.#json, name)) return undefined;
    const json = this.#json[name];
    if (typeof json !== 'object') return openValue(json);
    const known = this.#known?.get(name);
    if (known !== undefined) return known;
    const value = openValue(json);
    this.#known ??= new Map();
    this.#known.set(name, value);
    return value;
  }

  names(): readonly string[] {
    return Object.keys(this.#json);
  }
}

/**
 * A record of Cedar's JSON values whose members are read when a policy first asks for them; one that cannot be read errs
 * the policy that asks. For JSON that is to be refused as a whole when anything in it is wrong, there is `readRecord`.
 */
export function openRecord(json: JsonRecord): CedarRecord {
  return new OpenedRecord(json);
}

function openValue(json: unknown): CedarValue {
  if (isPlainRecord(json)) return new OpenedRecord(json);
  try {
    return readCedarValue(json);
  } catch (cause) {
    if (cause instanceof CedarReadError) throw new CedarEvaluationError(cause.message, { cause });
    throw cause;
  }
}

/** Not an escape such as `{"__entity": …}`, which have exactly one member. */
function isPlainRecord(json: unknown): json is JsonRecord {
  if (!isRecord(json)) return false;
  let first: string | undefined;
  // Unlike a list of all names, this stops at the second.
  for (const name in json) {
    if (first !== undefined) return true;
    first = name;
  }
  return first === undefined || !first.startsWith('__');
}

interface EntityJson {
  readonly uid: unknown;
  readonly attrs?: unknown;
  readonly tags?: unknown;
  readonly parents?: readonly unknown[];
}

interface OpenedEntity {
  readonly name: CedarEntity;
  readonly json: EntityJson;
  attributes: CedarRecord | undefined;
  ancestors: readonly CedarEntity[] | undefined;
}

/** So few are found quicker by looking at each than by a key that must be written first. */
const FEW = 16;

class OpenedEntities implements EntityStore {
  readonly #entities: readonly OpenedEntity[];
  readonly #byKey: ReadonlyMap<string, OpenedEntity> | undefined;

  constructor(json: readonly EntityJson[]) {
    this.#entities = json.map((one) => ({
      name: openName(one.uid),
      json: one,
      attributes: undefined,
      ancestors: undefined,
    }));
    if (json.length > FEW) this.#byKey = new Map(this.#entities.map((one) => [one.name.key, one]));
    const isTwice = this.#byKey
      ? this.#byKey.size < json.length
      : this.#entities.some(
          (one, at) => this.#entities.findIndex(({ name }) => isSameEntity(name, one.name)) < at,
        );
    if (isTwice) throw new CedarReadError('an entity is there twice');
  }

  attributes(name: CedarEntity): CedarRecord | undefined {
    const entity = this.#find(name);
    if (entity === undefined) return undefined;
    entity.attributes ??= openMembers(entity.json.attrs);
    return entity.attributes;
  }

  tags(name: CedarEntity): CedarRecord | undefined {
    const entity = this.#find(name);
    return entity === undefined ? undefined : openMembers(entity.json.tags);
  }

  ancestors(name: CedarEntity): readonly CedarEntity[] {
    const entity = this.#find(name);
    if (entity === undefined) return NONE;
    entity.ancestors ??= this.#listAncestors(entity);
    return entity.ancestors;
  }

  #listAncestors({ json: { parents = NONE } }: OpenedEntity): readonly CedarEntity[] {
    if (parents.length === 0) return NONE;
    const found: CedarEntity[] = [];
    let keys: Set<string> | undefined;
    const waiting = parents.map(openName);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const name = next;
      if (keys?.has(name.key) ?? found.some((one) => isSameEntity(one, name))) continue;
      found.push(name);
      if (found.length > FEW) keys ??= new Set(found.map(({ key }) => key));
      keys?.add(name.key);
      for (const parent of this.#find(name)?.json.parents ?? NONE) waiting.push(openName(parent));
    }
    return found;
  }

  #find(name: CedarEntity): OpenedEntity | undefined {
    if (this.#byKey !== undefined) return this.#byKey.get(name.key);
    for (const entity of this.#entities) if (isSameEntity(entity.name, name)) return entity;
    return undefined;
  }
}

const NONE: readonly CedarEntity[] = [];

/** A type with a quote in it could pose as another entity's name. */
function openName(json: unknown): CedarEntity {
  if (!isRecord(json) || typeof json.type !== 'string' || typeof json.id !== 'string')
    return readCedarEntity(json);
  if (json.type.includes('"')) throw new CedarReadError('the type of an entity is not a name');
  return makeCedarEntity(json.type, json.id);
}

function openMembers(json: unknown): CedarRecord {
  return isRecord(json) ? new OpenedRecord(json) : EMPTY_CEDAR_RECORD;
}

function isRecord(json: unknown): json is JsonRecord {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Entities in Cedar's JSON form whose attributes are read when they are asked for. Throws `CedarReadError` for a bad or doubled name. */
export function openEntities(json: readonly EntityJson[]): EntityStore {
  return new OpenedEntities(json);
}
