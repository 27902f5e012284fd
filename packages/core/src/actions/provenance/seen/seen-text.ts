import type { OriginMask } from '../origin.ts';
import { KeyedHash } from './keyed-hash.ts';
import { SeenTable, widen } from './seen-table.ts';

const BREAK = -1;
/** Places at which a sequence is looked for; one that begins with something commoner is not found. */
const MOST_TRIES = 256;
const ORIGIN_SHIFT = 24;

export interface SeenBounds {
  /** Different values, at most 2^24. */
  readonly values: number;
  /** Tokens of all texts, one after the other. */
  readonly tokens: number;
}

/** What was seen: values, and the words of texts in their order. No text is kept, only keyed hashes. */
export class SeenText {
  readonly #bounds: SeenBounds;
  readonly #hash: KeyedHash;
  readonly #table: SeenTable;
  #entries = new Int32Array(0);
  #previous = new Int32Array(0);
  #length = 0;
  /** From which place on words were learned from which source. */
  readonly #marks: { readonly from: number; readonly source: number }[] = [];
  #source = 0;

  constructor(bounds: SeenBounds, key: readonly [number, number]) {
    this.#bounds = bounds;
    this.#hash = new KeyedHash(key);
    this.#table = new SeenTable(bounds.values);
  }

  /** What teaches from now on, a number up to 65535; 0 where nobody asks for it. */
  learnFrom(source: number): void {
    this.#source = source;
  }

  /** Returns false when there is no room for it. */
  addValue(text: string, mask: OriginMask): boolean {
    const entry = this.#table.add(this.#hash.take(text, 0, text.length), mask);
    if (entry >= 0 && this.#source > 0) this.#table.noteSource(entry, this.#source);
    return entry >= 0;
  }

  /** Notes a whole text, and returns whether it was noted before. */
  remember(text: string, mask: OriginMask): boolean {
    const hash = this.#hash.take(text, 0, text.length);
    const entry = this.#table.find(hash);
    if (entry >= 0 && (this.#table.maskOf(entry) & mask) !== 0) return true;
    this.#table.add(hash, mask);
    return false;
  }

  /** The next word of the text that is being learned. Returns false when there is no room for it. */
  addToken(text: string, from: number, to: number, mask: OriginMask): boolean {
    if (this.#length >= this.#bounds.tokens) return false;
    const entry = this.#table.add(this.#hash.take(text, from, to), mask);
    if (entry < 0) return false;
    if (this.#source !== (this.#marks.at(-1)?.source ?? 0))
      this.#marks.push({ from: this.#length, source: this.#source });
    this.#push(entry | (mask << ORIGIN_SHIFT), this.#table.lastOf(entry));
    this.#table.noteAt(entry, this.#length - 1);
    return true;
  }

  /** Between two texts, so that the end of one and the beginning of another make nothing together. */
  addBreak(): void {
    if (this.#length > 0 && this.#length < this.#bounds.tokens && this.#entries[this.#length - 1] !== BREAK)
      this.#push(BREAK, BREAK);
  }

  /** Takes an origin from all that was seen. */
  forget(mask: OriginMask): void {
    this.#table.forget(mask);
    for (let at = 0; at < this.#length; at++) {
      const entry = this.#entries[at] ?? BREAK;
      if (entry !== BREAK) this.#entries[at] = entry & ~(mask << ORIGIN_SHIFT);
    }
  }

  maskOf(text: string, from = 0, to = text.length): OriginMask {
    const entry = this.#table.find(this.#hash.take(text, from, to));
    return entry < 0 ? 0 : this.#table.maskOf(entry);
  }

  /** The entry of a word for `findSequence`, or -1 when it was never seen. */
  findEntry(text: string, from: number, to: number): number {
    return this.#table.find(this.#hash.take(text, from, to));
  }

  /** What taught a value, as `learnFrom` was told. */
  visitSources(text: string, visit: (source: number) => void): void {
    const entry = this.#table.find(this.#hash.take(text, 0, text.length));
    if (entry >= 0 && this.#table.maskOf(entry) !== 0) this.#table.visitSources(entry, visit);
  }

  /** In which origins these words were seen one after the other; `visit` is told from which sources. */
  findSequence(words: readonly number[], visit?: (source: number) => void): OriginMask {
    let rarest = 0;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? -1;
      if (word < 0) return 0;
      if (this.#table.timesOf(word) < this.#table.timesOf(words[rarest] ?? -1)) rarest = index;
    }
    let mask = 0;
    let at = this.#table.lastOf(words[rarest] ?? -1);
    for (let tries = 0; at >= 0 && tries < MOST_TRIES; tries++, at = this.#previous[at] ?? -1) {
      const found = this.#matchAt(words, at - rarest);
      mask |= found;
      if (found !== 0 && visit !== undefined) visit(this.#sourceAt(at));
    }
    return mask;
  }

  #matchAt(words: readonly number[], from: number): OriginMask {
    const origin = (this.#entries[from] ?? 0) >>> ORIGIN_SHIFT;
    for (let index = 0; index < words.length; index++) {
      if (this.#entries[from + index] !== ((words[index] ?? 0) | (origin << ORIGIN_SHIFT))) return 0;
    }
    return from < 0 || from + words.length > this.#length ? 0 : origin;
  }

  #sourceAt(place: number): number {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle]?.from ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return this.#marks[low - 1]?.source ?? 0;
  }

  #push(entry: number, previous: number): void {
    if (this.#length === this.#entries.length) {
      const room = Math.min(Math.max(256, this.#length * 2), this.#bounds.tokens);
      this.#entries = widen(this.#entries, new Int32Array(room));
      this.#previous = widen(this.#previous, new Int32Array(room));
    }
    this.#entries[this.#length] = entry;
    this.#previous[this.#length] = previous;
    this.#length++;
  }
}
