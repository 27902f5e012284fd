import { isJsonObject, type JsonValue } from '../../actions/json-value.ts';

const MOST_TEXTS = 256;
const DEEPEST = 32;
const SHORTEST = 3;
const ADDRESS = /[@:/]|\.\w/;
/** UTF-16 units compared in all; a result that would take more is all echo. */
const MOST_WORK = 2_000_000;

/**
 * Tells which values of a result only repeat what the call brought. What an agent wrote is no better known for coming
 * back from a system of record.
 */
export class EchoFinder {
  readonly #texts = new Set<string>();
  #size = 0;
  #work = 0;

  readonly #isRead: boolean;

  /** `isRead`: what is found with a word contains it, and is no echo for that; an address it contains is one. */
  constructor(given: JsonValue, isRead = false) {
    this.#isRead = isRead;
    this.#collect(given, 0);
  }

  /** The call only reads. */
  get isOfRead(): boolean {
    return this.#isRead;
  }

  /** Whether the call brought this very text. */
  isGiven(text: string): boolean {
    return this.#texts.has(fold(text));
  }

  isEcho(value: JsonValue): boolean {
    // Lists and objects come here only when they are empty.
    if (typeof value === 'boolean' || typeof value === 'object' || this.#texts.size === 0) return false;
    const text = fold(String(value));
    if (this.#texts.has(text)) return true;
    if (text.length < SHORTEST) return false;
    this.#work += this.#size + text.length * this.#texts.size;
    if (this.#work > MOST_WORK || this.#texts.size >= MOST_TEXTS) return true;
    for (const given of this.#texts) {
      if (given.length < SHORTEST || (this.#isRead && !ADDRESS.test(given))) continue;
      if (given.includes(text) || text.includes(given)) return true;
    }
    return false;
  }

  #collect(value: JsonValue, depth: number): void {
    if (this.#texts.size >= MOST_TEXTS || depth > DEEPEST) return;
    if (Array.isArray(value) || isJsonObject(value)) {
      for (const member of Object.values(value)) this.#collect(member, depth + 1);
    } else if (typeof value !== 'boolean' && value !== null && value !== '') {
      const text = fold(String(value));
      this.#texts.add(text);
      this.#size += text.length;
    }
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
