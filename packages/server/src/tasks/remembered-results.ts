import type { JsonValue } from '@countersign/core';

/** What was last read of each thing, by the name of its kind and its key. Maps, so that no key is more than a key. */
export type Remembered = ReadonlyMap<string, ReadonlyMap<string, JsonValue>>;

const mostThings = 512;
const mostCharacters = 1_048_576;
const mostCharactersOfOne = 65_536;

interface Thing {
  readonly upstream: string;
  readonly kind: string;
  readonly key: string;
  readonly value: JsonValue;
  readonly characters: number;
}

/**
 * What a task has read of the things that an upstream's settings name, the last of each. In memory alone and bounded: what
 * was read longest ago is forgotten first, and all of it at a restart, so whoever relies on it must refuse without it.
 */
export class RememberedResults {
  readonly #things = new Map<string, Thing>();
  #characters = 0;

  learn(upstream: string, kind: string, key: string, value: JsonValue): void {
    const name = JSON.stringify([upstream, kind, key]);
    this.#forget(name);
    const characters = name.length + JSON.stringify(value).length;
    // What is known of it is no longer true, and what is true is too large to know.
    if (characters > mostCharactersOfOne) return;
    this.#things.set(name, { upstream, kind, key, value, characters });
    this.#characters += characters;
    for (const oldest of this.#things.keys()) {
      if (this.#things.size <= mostThings && this.#characters <= mostCharacters) break;
      this.#forget(oldest);
    }
  }

  /** Of these kinds at this upstream: those of which nothing is known are there, and empty. */
  of(upstream: string, names: readonly string[]): Remembered {
    const kinds = new Map(names.map((name) => [name, new Map<string, JsonValue>()]));
    for (const thing of this.#things.values()) {
      if (thing.upstream === upstream) kinds.get(thing.kind)?.set(thing.key, thing.value);
    }
    return kinds;
  }

  #forget(name: string): void {
    const thing = this.#things.get(name);
    if (thing === undefined) return;
    this.#characters -= thing.characters;
    this.#things.delete(name);
  }
}
