/** The tokens of a text, by their offsets. Reused from text to text, so that reading one allocates nothing. */
export class Tokens {
  count = 0;
  #from = new Int32Array(256);
  #to = new Int32Array(256);
  #flags = new Uint16Array(256);

  clear(): void {
    this.count = 0;
  }

  add(from: number, to: number, flags: number): void {
    if (this.count === this.#from.length) this.#grow();
    this.#from[this.count] = from;
    this.#to[this.count] = to;
    this.#flags[this.count] = flags;
    this.count++;
  }

  from(index: number): number {
    return this.#from[index] ?? 0;
  }

  to(index: number): number {
    return this.#to[index] ?? 0;
  }

  /** 0 beyond the last token. */
  flags(index: number): number {
    return index < this.count ? (this.#flags[index] ?? 0) : 0;
  }

  read(text: string, index: number): string {
    return index < this.count ? text.slice(this.#from[index], this.#to[index]) : '';
  }

  #grow(): void {
    this.#from = copy(this.#from, new Int32Array(this.count * 2));
    this.#to = copy(this.#to, new Int32Array(this.count * 2));
    this.#flags = copy(this.#flags, new Uint16Array(this.count * 2));
  }
}

function copy<Units extends Int32Array | Uint16Array>(from: Units, to: Units): Units {
  to.set(from);
  return to;
}
