import { isJsonObject, type JsonValue } from '../json-value.ts';
import { listOrigins, type Origin, type OriginMask, toMask } from './origin.ts';

export interface ValueBounds {
  /** UTF-16 units of all that is learned. */
  readonly characters: number;
}

const DEEPEST = 32;

/** What was seen in a task, and where: the values that its arguments may come from. Bounded, whatever is learned. */
export class ValueIndex {
  readonly #texts = new Map<string, OriginMask>();
  readonly #bounds: ValueBounds;
  #characters = 0;
  #isComplete = true;

  constructor(bounds: ValueBounds = { characters: 262_144 }) {
    this.#bounds = bounds;
  }

  /** False once something that was seen in the task is not known here: then unknown counts as untrusted. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  markIncomplete(): void {
    this.#isComplete = false;
  }

  learn(value: JsonValue, origin: Origin): void {
    this.#learn(value, toMask(origin), 0);
  }

  /** Every origin in which the whole value was seen; empty when it was seen nowhere. */
  originsOf(text: string): ReadonlySet<Origin> {
    return listOrigins(this.maskOf(text));
  }

  maskOf(text: string): OriginMask {
    const wanted = normaliseValue(text);
    if (wanted === '') return 0;
    let mask = 0;
    for (const [seen, origins] of this.#texts)
      if ((mask | origins) !== mask && holds(seen, wanted)) mask |= origins;
    return mask;
  }

  #learn(value: JsonValue, mask: OriginMask, depth: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#learnText(String(value), mask);
      return;
    }
    if (depth > DEEPEST) {
      this.markIncomplete();
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      if (isJsonObject(value)) this.#learnText(name, mask);
      this.#learn(member, mask, depth + 1);
    }
  }

  #learnText(text: string, mask: OriginMask): void {
    const room = this.#bounds.characters - this.#characters;
    if (text.length > room) this.markIncomplete();
    const seen = normaliseValue(text.slice(0, Math.max(0, room)));
    if (seen === '') return;
    this.#characters += seen.length;
    this.#texts.set(seen, (this.#texts.get(seen) ?? 0) | mask);
  }
}

/** The form in which values are compared. */
export function normaliseValue(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function holds(seen: string, wanted: string): boolean {
  for (let at = seen.indexOf(wanted); at !== -1; at = seen.indexOf(wanted, at + 1)) {
    if (isEdge(seen, at - 1, -1) && isEdge(seen, at + wanted.length, 1)) return true;
  }
  return false;
}

/** Punctuation joins a value to what stands beyond it: `a@b.com` is no part of `a@b.com.evil.org`. */
function isEdge(text: string, at: number, step: 1 | -1): boolean {
  const unit = text[at] ?? ' ';
  if (/[\p{L}\p{N}@_/\\-]/u.test(unit)) return false;
  return !(/[.+:%#~&=?]/.test(unit) && /[\p{L}\p{N}]/u.test(text[at + step] ?? ' '));
}
