import { valueKey } from './value-key.ts';

export interface EntityName {
  readonly type: string;
  readonly id: string;
}

/** A Long: a `number` while it is a safe integer, else a `bigint`; never anything else, so that `===` compares it. */
export type CedarLong = number | bigint;

export interface CedarEntity extends EntityName {
  readonly kind: 'entity';
  /** `type::"id"`, the same for the same entity and for no other. Not escaped: for maps, not for people. */
  readonly key: string;
}

export interface CedarSet {
  readonly kind: 'set';
  readonly size: number;
  has(value: CedarValue): boolean;
  /** Every member once. */
  values(): readonly CedarValue[];
}

/** May be lazy: `get` may throw a `CedarEvaluationError`, which errs the policy that reads it. */
export interface CedarRecord {
  readonly kind: 'record';
  get(name: string): CedarValue | undefined;
  names(): readonly string[];
}

export interface CedarDecimal {
  readonly kind: 'extension';
  readonly name: 'decimal';
  /** Ten-thousandths. */
  readonly amount: CedarLong;
}

export interface CedarDatetime {
  readonly kind: 'extension';
  readonly name: 'datetime';
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly amount: CedarLong;
}

export interface CedarDuration {
  readonly kind: 'extension';
  readonly name: 'duration';
  /** Milliseconds. */
  readonly amount: CedarLong;
}

/** An address, or the range of all that share its first `prefixBits`. */
export interface CedarIp {
  readonly kind: 'extension';
  readonly name: 'ip';
  readonly version: 4 | 6;
  readonly address: bigint;
  readonly prefixBits: number;
}

export type CedarExtension = CedarDecimal | CedarDatetime | CedarDuration | CedarIp;

export type CedarValue = boolean | string | CedarLong | CedarEntity | CedarSet | CedarRecord | CedarExtension;

class Entity implements CedarEntity {
  readonly kind = 'entity';
  readonly type: string;
  readonly id: string;
  #key: string | undefined;

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  // No type name holds a quote, so no two entities share a key.
  get key(): string {
    this.#key ??= `${this.type}::"${this.id}`;
    return this.#key;
  }
}

/** Takes the name as it is; hostile names are read by `readCedarEntity`. */
export function makeCedarEntity(type: string, id: string): CedarEntity {
  return new Entity(type, id);
}

class MemberSet implements CedarSet {
  readonly kind = 'set';
  readonly #members: readonly CedarValue[];
  readonly #plain = new Set<CedarValue>();
  readonly #keys = new Set<string>();

  constructor(values: readonly CedarValue[]) {
    const members: CedarValue[] = [];
    for (const value of values) {
      if (this.has(value)) continue;
      members.push(value);
      if (typeof value === 'object') this.#keys.add(valueKey(value));
      else this.#plain.add(value);
    }
    this.#members = members;
  }

  get size(): number {
    return this.#members.length;
  }

  has(value: CedarValue): boolean {
    if (typeof value !== 'object') return this.#plain.has(value);
    return this.#keys.size > 0 && this.#keys.has(valueKey(value));
  }

  values(): readonly CedarValue[] {
    return this.#members;
  }
}

/** Members that are equal count once. Membership takes the same time in sets of every size. */
export function makeCedarSet(values: readonly CedarValue[]): CedarSet {
  return new MemberSet(values);
}

class MapRecord implements CedarRecord {
  readonly kind = 'record';
  readonly #members: ReadonlyMap<string, CedarValue>;
  #names: readonly string[] | undefined;

  constructor(members: ReadonlyMap<string, CedarValue>) {
    this.#members = members;
  }

  get(name: string): CedarValue | undefined {
    return this.#members.get(name);
  }

  names(): readonly string[] {
    this.#names ??= [...this.#members.keys()];
    return this.#names;
  }
}

/** Keeps the map: it must not change afterwards. Any name is an ordinary name. */
export function makeCedarRecord(members: ReadonlyMap<string, CedarValue>): CedarRecord {
  return new MapRecord(members);
}

export const EMPTY_CEDAR_RECORD: CedarRecord = makeCedarRecord(new Map());
