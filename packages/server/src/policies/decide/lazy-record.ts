import type { CedarRecord, CedarValue } from '@countersign/core';

/** Undefined: the member is absent. Throws `CedarEvaluationError` for one that is there and cannot be told. */
export type Producer<Source> = (source: Source) => CedarValue | undefined;
export type Producers<Source> = ReadonlyMap<string, Producer<Source>>;

class LazyRecord<Source> implements CedarRecord {
  readonly kind = 'record';
  readonly #producers: Producers<Source>;
  readonly #source: Source;
  readonly #known = new Map<string, CedarValue | undefined>();

  constructor(producers: Producers<Source>, source: Source) {
    this.#producers = producers;
    this.#source = source;
  }

  get(name: string): CedarValue | undefined {
    const producer = this.#producers.get(name);
    if (producer === undefined) return undefined;
    const known = this.#known.get(name);
    if (known !== undefined || this.#known.has(name)) return known;
    const value = producer(this.#source);
    this.#known.set(name, value);
    return value;
  }

  names(): readonly string[] {
    return [...this.#producers.keys()].filter((name) => this.get(name) !== undefined);
  }
}

/** A record that makes each member once it is read: what no policy reads costs nothing, whatever it is. */
export function makeLazyRecord<Source>(producers: Producers<Source>, source: Source): CedarRecord {
  return new LazyRecord(producers, source);
}
