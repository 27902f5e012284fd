import type { OriginMask } from '../origin.ts';
import type { KeyedHash } from './keyed-hash.ts';

/** So many sources are kept of a value: the first ones, and the latest. */
const SOURCES_EACH = 4;

/** Values by their hash, in typed arrays: about 35 bytes each, and never more of them than `most`. */
export class SeenTable {
  readonly #most: number;
  #count = 0;
  /** Entry numbers from 1; twice as many places as entries. */
  #places = new Int32Array(0);
  #low = new Int32Array(0);
  #high = new Int32Array(0);
  #masks = new Uint8Array(0);
  #last = new Int32Array(0);
  #times = new Int32Array(0);
  /** Room for it is made with the first source. */
  #sources = new Uint16Array(0);

  constructor(most: number) {
    this.#most = most;
  }

  /** The entry with this hash, or -1. */
  find({ low, high }: KeyedHash): number {
    const wrap = this.#places.length - 1;
    if (wrap < 0) return -1;
    for (let place = low & wrap; ; place = (place + 1) & wrap) {
      const entry = (this.#places[place] ?? 0) - 1;
      if (entry < 0 || (this.#low[entry] === low && this.#high[entry] === high)) return entry;
    }
  }

  /** The entry with this hash, made when there is none; -1 when there is no room for it. */
  add(hash: KeyedHash, mask: OriginMask): number {
    let entry = this.find(hash);
    if (entry < 0) {
      if (this.#count >= this.#most) return -1;
      if (this.#count * 2 >= this.#places.length) this.#grow();
      entry = this.#count++;
      this.#low[entry] = hash.low;
      this.#high[entry] = hash.high;
      this.#last[entry] = -1;
      this.#put(entry);
    }
    this.#masks[entry] = (this.#masks[entry] ?? 0) | mask;
    return entry;
  }

  forget(mask: OriginMask): void {
    for (let entry = 0; entry < this.#count; entry++) this.#masks[entry] = this.maskOf(entry) & ~mask;
  }

  maskOf(entry: number): OriginMask {
    return this.#masks[entry] ?? 0;
  }

  /** Where it was seen last, and -1 when never in a sequence. */
  lastOf(entry: number): number {
    return this.#last[entry] ?? -1;
  }

  /** How often it was seen in a sequence. */
  timesOf(entry: number): number {
    return this.#times[entry] ?? 0;
  }

  noteAt(entry: number, position: number): void {
    this.#last[entry] = position;
    this.#times[entry] = (this.#times[entry] ?? 0) + 1;
  }

  /** `source`: from 1 to 65535. */
  noteSource(entry: number, source: number): void {
    const first = entry * SOURCES_EACH;
    const last = first + SOURCES_EACH - 1;
    if (last >= this.#sources.length) this.#growSources();
    for (let place = first; place <= last; place++) {
      const known = this.#sources[place] ?? 0;
      if (known === source) return;
      if (known === 0 || place === last) this.#sources[place] = source;
      if (known === 0) return;
    }
  }

  visitSources(entry: number, visit: (source: number) => void): void {
    for (let place = entry * SOURCES_EACH; place < (entry + 1) * SOURCES_EACH; place++) {
      const source = this.#sources[place] ?? 0;
      if (source === 0) return;
      visit(source);
    }
  }

  #growSources(): void {
    const sources = new Uint16Array(this.#low.length * SOURCES_EACH);
    sources.set(this.#sources);
    this.#sources = sources;
  }

  #put(entry: number): void {
    const wrap = this.#places.length - 1;
    let place = (this.#low[entry] ?? 0) & wrap;
    while (this.#places[place] !== 0) place = (place + 1) & wrap;
    this.#places[place] = entry + 1;
  }

  #grow(): void {
    const room = Math.max(128, this.#places.length);
    this.#low = widen(this.#low, new Int32Array(room));
    this.#high = widen(this.#high, new Int32Array(room));
    this.#last = widen(this.#last, new Int32Array(room));
    this.#times = widen(this.#times, new Int32Array(room));
    const masks = new Uint8Array(room);
    masks.set(this.#masks);
    this.#masks = masks;
    this.#places = new Int32Array(room * 2);
    for (let entry = 0; entry < this.#count; entry++) this.#put(entry);
  }
}

export function widen(from: Int32Array<ArrayBuffer>, to: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  to.set(from);
  return to;
}
