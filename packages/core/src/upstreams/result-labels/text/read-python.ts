import type { JsonValue } from '../../../actions/json-value.ts';
import { DEEPEST, MOST_MEMBERS, TextFlaw } from './flaw.ts';
import { readEscaped } from './read-quoted.ts';

const NUMBER = /[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?)/y;
const CONSTANT = /None|True|False/y;
const DATE = /(?:datetime\.)?(?:datetime|date|time)\([\d, ]{1,60}\)/y;
const BLANK = /\s*/y;
const CONSTANTS: Readonly<Record<string, JsonValue>> = { None: null, True: true, False: false };

/** What Python prints of dictionaries, lists, tuples, texts, numbers and dates. Linear. Throws `TextFlaw` at anything else. */
export function readPython(source: string): JsonValue {
  const reader = new PythonReader(source);
  const value = reader.readValue(0);
  reader.requireEnd();
  return value;
}

class PythonReader {
  readonly #source: string;
  #at = 0;
  #members = 0;

  constructor(source: string) {
    this.#source = source;
  }

  readValue(depth: number): JsonValue {
    if (depth > DEEPEST) throw new TextFlaw('too deep');
    this.#take(BLANK);
    switch (this.#source[this.#at]) {
      case '{':
        return this.#readMembers(depth);
      case '[':
        return this.#readItems(']', depth);
      case '(':
        return this.#readItems(')', depth);
      case "'":
      case '"':
        return this.#readText();
      default:
        return this.#readWord();
    }
  }

  requireEnd(): void {
    this.#take(BLANK);
    if (this.#at < this.#source.length) throw new TextFlaw('more than one value');
  }

  #readText(): string {
    const { text, end } = readEscaped(this.#source, this.#at);
    this.#at = end;
    return text;
  }

  #readWord(): JsonValue {
    const constant = this.#take(CONSTANT);
    if (constant !== undefined) return CONSTANTS[constant] ?? null;
    const date = this.#take(DATE);
    if (date !== undefined) return date;
    const number = this.#take(NUMBER);
    if (number === undefined) throw new TextFlaw('not a value');
    const value = Number(number.replaceAll('_', ''));
    return Number.isSafeInteger(value) || (!Number.isInteger(value) && Number.isFinite(value))
      ? value
      : number;
  }

  #readItems(close: string, depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at += 1;
    while (!this.#closes(close)) {
      this.#count();
      items.push(this.readValue(depth + 1));
      this.#separate(close);
    }
    return items;
  }

  #readMembers(depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#at += 1;
    while (!this.#closes('}')) {
      this.#count();
      const name = this.readValue(depth + 1);
      if (typeof name === 'object' && name !== null) throw new TextFlaw('not a name');
      this.#take(BLANK);
      this.#require(':');
      const key = String(name);
      if (members.has(key) || key === '__proto__') throw new TextFlaw('a name stands twice');
      members.set(key, this.readValue(depth + 1));
      this.#separate('}');
    }
    return Object.fromEntries(members);
  }

  #closes(close: string): boolean {
    this.#take(BLANK);
    if (this.#source[this.#at] !== close) return false;
    this.#at += 1;
    return true;
  }

  /** A comma, or what closes, which is left where it is. */
  #separate(close: string): void {
    this.#take(BLANK);
    if (this.#source[this.#at] !== close) this.#require(',');
  }

  #require(unit: string): void {
    if (this.#source[this.#at] !== unit) throw new TextFlaw(`no ${unit}`);
    this.#at += 1;
  }

  #count(): void {
    this.#members += 1;
    if (this.#members > MOST_MEMBERS) throw new TextFlaw('too many members');
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
