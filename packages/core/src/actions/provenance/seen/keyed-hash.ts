/**
 * A 64-bit hash as two halves, under a key: whoever does not know it cannot make a value that stands for another.
 * Not for anything that is kept.
 */
export class KeyedHash {
  low = 0;
  high = 0;
  readonly #seedLow: number;
  readonly #seedHigh: number;
  readonly #timesLow: number;
  readonly #timesHigh: number;

  /** `key`: random to whoever chooses the texts. */
  constructor(key: readonly [number, number]) {
    const [one, other] = key;
    // Both halves depend on both numbers.
    this.#seedLow = mix(one ^ 0x9e3779b9);
    this.#seedHigh = mix(other ^ 0x85ebca6b);
    // An even multiplier would lose a bit with every unit.
    this.#timesLow = mix(one + other) | 1;
    this.#timesHigh = mix(one - other) | 1;
  }

  /** Of the units from `from` to before `to`. */
  take(text: string, from: number, to: number): this {
    const timesLow = this.#timesLow;
    const timesHigh = this.#timesHigh;
    let low = this.#seedLow ^ (to - from);
    let high = this.#seedHigh;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      low = Math.imul(low ^ unit, timesLow);
      low ^= low >>> 15;
      high = Math.imul(high + unit, timesHigh);
      high = (high << 13) | (high >>> 19);
    }
    this.low = mix(low ^ high);
    this.high = mix(high + this.#seedLow);
    return this;
  }
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
