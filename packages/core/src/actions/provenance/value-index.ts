import { isJsonObject, type JsonValue } from '../json-value.ts';
import type { ArgumentRoleName } from './argument-role.ts';
import { listDecoded } from './decodings/list-decoded.ts';
import { bestBit, listOrigins, type Origin, type OriginMask, toMask, worstOf } from './origin.ts';
import { learnText } from './seen/learn-text.ts';
import { type SeenBounds, SeenText } from './seen/seen-text.ts';
import { foldHidden, foldLoosely, foldText } from './text/fold-text.ts';
import { findSources } from './trace/find-sources.ts';
import { findWhole } from './trace/find-whole.ts';
import { traceProse } from './trace/trace-prose.ts';
import { traceValue } from './trace/trace-value.ts';

export interface ValueBounds {
  /** UTF-16 units that are read of what is learned at once. */
  readonly characters: number;
  /** Of what is proven, and as much again of what is not. */
  readonly half: SeenBounds;
}

/** At most 1.2 MB together. */
const DEFAULT_BOUNDS: ValueBounds = { characters: 65_536, half: { values: 8192, tokens: 24_576 } };
const UNPROVEN = toMask('untrusted');
const DEEPEST = 64;
/** Shorter texts are learned again sooner than they are looked up. */
const LEAST_REMEMBERED = 64;
/** Records that taught something; of what later ones teach the origin is known, and not the record. */
const MOST_SOURCES = 2048;

/** A record that taught a value. */
export interface ValueSource {
  readonly record: string;
  readonly origin: Origin;
}

/**
 * What was seen in a task, and where: what its arguments are traced to. Keeps no text, only hashes, and never more than
 * its bounds, whatever is learned.
 */
export class ValueIndex {
  readonly #proven: SeenText;
  readonly #unproven: SeenText;
  readonly #bounds: ValueBounds;
  #isComplete = true;
  #room = 0;
  readonly #records: { readonly record: string; taught: OriginMask }[] = [];
  readonly #numbers = new Map<string, number>();
  #knowsRecords = true;

  /** `key`: two random 32-bit numbers, so that nobody can make a value that passes for another. */
  constructor(key: readonly [number, number] = [1, 2], bounds: ValueBounds = DEFAULT_BOUNDS) {
    this.#bounds = bounds;
    this.#proven = new SeenText(bounds.half, key);
    this.#unproven = new SeenText(bounds.half, key);
  }

  /** False once something that was seen in the task is not known here: then what is unknown counts as untrusted. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  markIncomplete(): void {
    this.#isComplete = false;
  }

  /** Whether what `listSources` does not name was taught by no record at all. */
  get knowsSources(): boolean {
    return this.#isComplete && this.#knowsRecords;
  }

  /** False while no record has taught anything. */
  get hasSources(): boolean {
    return this.#records.length > 0;
  }

  /**
   * What has no room is not learned, and the index is incomplete from then on. `record`: the ledger record that says, or
   * will say, where it was learned.
   */
  learn(value: JsonValue, origin: Origin, record?: string): void {
    this.#room = this.#bounds.characters;
    const mask = toMask(origin === 'model' ? 'untrusted' : origin);
    const source = record === undefined ? 0 : this.#numberOf(record, mask);
    this.#proven.learnFrom(source);
    this.#unproven.learnFrom(source);
    // Nobody saw what the model made up; whoever says so all the same proves nothing.
    this.#learn(value, mask, 0);
  }

  /** What was learned from this origin alone was seen nowhere from now on. Untrusted text stays known for what it is. */
  forget(origin: Exclude<Origin, 'untrusted' | 'model'>): void {
    this.#proven.forget(toMask(origin));
  }

  /** Every origin in which the whole value was seen; empty when it was seen nowhere. */
  originsOf(text: string): ReadonlySet<Origin> {
    return listOrigins(findWhole(this.#seen, text));
  }

  /** The records that taught a value, or parts of it; of untrusted text also those that taught it written another way. */
  listSources(text: string): readonly ValueSource[] {
    return findSources(this.#seen, text).flatMap(({ source, mask }) => {
      const known = this.#records[source - 1];
      const origin = worstOf(bestBit(mask & (known?.taught ?? 0)));
      return known === undefined || origin === 'model' ? [] : [{ record: known.record, origin }];
    });
  }

  /** For each atom of the text the best origin in which all of it was seen. */
  trace(text: string, role: ArgumentRoleName): OriginMask {
    return role === 'content' ? traceProse(this.#seen, text) : traceValue(this.#seen, text);
  }

  #numberOf(record: string, mask: OriginMask): number {
    const known = this.#numbers.get(record);
    const source = known === undefined ? undefined : this.#records[known - 1];
    if (known !== undefined && source !== undefined) {
      source.taught |= mask;
      return known;
    }
    if (this.#records.length >= MOST_SOURCES) {
      this.#knowsRecords = false;
      return 0;
    }
    this.#records.push({ record, taught: mask });
    this.#numbers.set(record, this.#records.length);
    return this.#records.length;
  }

  get #seen() {
    return { proven: this.#proven, unproven: this.#unproven, isComplete: this.#isComplete };
  }

  #learn(value: JsonValue, mask: OriginMask, depth: number): void {
    if (typeof value === 'string') this.#learnString(value, mask);
    else if (typeof value === 'number') this.#learnString(String(value), mask);
    else if (typeof value !== 'object' || value === null) return;
    else if (depth > DEEPEST) this.markIncomplete();
    else if (Array.isArray(value)) for (const item of value) this.#learn(item, mask, depth + 1);
    else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        this.#learnString(name, mask);
        this.#learn(member, mask, depth + 1);
      }
    }
  }

  #learnString(given: string, mask: OriginMask): void {
    if (given === '') return;
    const text = this.#takeRoom(given);
    const isUnproven = (mask & UNPROVEN) !== 0;
    const seen = isUnproven ? this.#unproven : this.#proven;
    // An agent that polls reads the same again and again.
    if (text.length >= LEAST_REMEMBERED && seen.remember(text, mask)) return;
    let fits = learnText(seen, foldText(text), mask);
    for (const other of isUnproven ? listReadings(text) : listBare(text)) {
      fits = learnText(seen, other, mask) && fits;
    }
    if (!fits) this.markIncomplete();
  }

  /** A text that is cut is cut between values: half an address is another one. */
  #takeRoom(text: string): string {
    if (text.length <= this.#room) {
      this.#room -= text.length;
      return text;
    }
    this.markIncomplete();
    const cut = text.slice(0, this.#room);
    this.#room = 0;
    return cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n'), 0));
  }
}

/** What else a person may have meant by a text: the same without what cannot be seen in it. */
function listBare(text: string): readonly string[] {
  const bare = foldHidden(text);
  return bare === undefined ? [] : [bare];
}

/** All that a text may be read as. */
function listReadings(text: string): readonly string[] {
  const loose = foldLoosely(text);
  return [...listBare(text), ...(loose === undefined ? [] : [loose]), ...listDecoded(text).map(foldText)];
}
