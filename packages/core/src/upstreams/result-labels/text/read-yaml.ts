import type { JsonValue } from '../../../actions/json-value.ts';
import { parseStrictJson } from '../../../actions/strict-json.ts';
import { findName, isItem } from './find-name.ts';
import { DEEPEST, MOST_MEMBERS, TextFlaw } from './flaw.ts';
import { findClosing, foldLines, readDoubled, readEscaped } from './read-quoted.ts';

interface Line {
  readonly indent: number;
  readonly text: string;
}

const RESERVED = '&*@`%|>';
const BLOCK_SCALAR = /^[|>][-+0-9]{0,2}$/;
const MARKER = /^(?:---|\.\.\.|%)/;
const INDEX = /^(?:0|[1-9]\d*)$/;

export interface YamlRules {
  /** Only what a serialiser writes. Otherwise also loose `name: value` lines, whose values may hold `: `. */
  readonly isStrict: boolean;
}

/**
 * Lists and mappings in YAML's block style, the part of it that serialisers write, with every text kept whole. Names stand
 * once in a mapping. No anchors, complex keys, several documents. Linear. Throws `TextFlaw` at anything else.
 */
export function readYaml(source: string, rules: YamlRules): JsonValue {
  const reader = new YamlReader(source, rules);
  return reader.readDocument();
}

class YamlReader {
  readonly #lines: Line[];
  readonly #rules: YamlRules;
  #at = 0;
  #members = 0;

  constructor(source: string, rules: YamlRules) {
    this.#rules = rules;
    this.#lines = source.split('\n').map((raw) => {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      const text = line.trimStart();
      return { indent: line.length - text.length, text };
    });
  }

  readDocument(): JsonValue {
    const first = this.#peek();
    if (first === undefined || !(isItem(first.text) || findName(first.text) !== undefined)) {
      throw new TextFlaw('neither a list nor a mapping');
    }
    const value = this.#readBlock(first.indent, 0);
    if (this.#peek() !== undefined) throw new TextFlaw('lines that belong to nothing');
    return value;
  }

  /** The next line with anything in it. */
  #peek(): Line | undefined {
    while (this.#lines[this.#at]?.text === '') this.#at += 1;
    return this.#lines[this.#at];
  }

  #readBlock(indent: number, depth: number): JsonValue {
    if (depth > DEEPEST) throw new TextFlaw('too deep');
    const line = this.#peek();
    if (line === undefined) return null;
    if (isItem(line.text)) return this.#readItems(indent, depth);
    if (findName(line.text) !== undefined) return this.#readMembers(indent, depth);
    this.#at += 1;
    return this.#readScalar(line.text, indent - 1, depth);
  }

  #readItems(indent: number, depth: number): JsonValue {
    const items: JsonValue[] = [];
    for (let line = this.#peek(); line?.indent === indent && isItem(line.text); line = this.#peek()) {
      this.#count();
      const rest = line.text.slice(1).trimStart();
      if (rest === '') {
        this.#at += 1;
        items.push(this.#readBelow(indent, depth));
      } else {
        const inner = indent + line.text.length - rest.length;
        if (isItem(rest) || findName(rest) !== undefined) {
          this.#lines[this.#at] = { indent: inner, text: rest };
          items.push(this.#readBlock(inner, depth + 1));
        } else {
          this.#at += 1;
          items.push(this.#readScalar(rest, indent, depth));
        }
      }
    }
    return items;
  }

  #readMembers(indent: number, depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    for (let line = this.#peek(); line?.indent === indent; line = this.#peek()) {
      const found = findName(line.text);
      if (found === undefined || MARKER.test(line.text)) break;
      this.#count();
      const { name, rest } = found;
      if (members.has(name) || name === '__proto__') throw new TextFlaw('a name stands twice');
      // Objects put such names first, where what stands before them could be thought to stand behind.
      if (!this.#rules.isStrict && INDEX.test(name)) throw new TextFlaw('a name that loses its place');
      this.#at += 1;
      members.set(
        name,
        rest === '' ? this.#readMember(indent, depth) : this.#readScalar(rest, indent, depth),
      );
    }
    return Object.fromEntries(members);
  }

  /** A list may stand as far to the left as the name that holds it. */
  #readMember(indent: number, depth: number): JsonValue {
    const line = this.#peek();
    if (line?.indent === indent && isItem(line.text)) return this.#readItems(indent, depth + 1);
    return this.#readBelow(indent, depth);
  }

  #readBelow(indent: number, depth: number): JsonValue {
    const line = this.#peek();
    return line !== undefined && line.indent > indent ? this.#readBlock(line.indent, depth + 1) : null;
  }

  /** What begins with `first`, in the line that was just passed, and goes on in lines further to the right than `indent`. */
  #readScalar(first: string, indent: number, depth: number): JsonValue {
    const text = first.startsWith('!') ? first.replace(/^!\S*\s*/, '') : first;
    if (text === '') return this.#readMember(indent, depth);
    const opening = text[0] ?? '';
    if (opening === "'" || opening === '"') return this.#readQuoted(text, indent);
    if ((opening === '|' || opening === '>') && BLOCK_SCALAR.test(text.trimEnd()))
      return this.#takeBelow(indent).join('\n');
    if (opening === '[' || opening === '{') return readFlow(text);
    if (this.#rules.isStrict && RESERVED.includes(opening)) throw new TextFlaw('not a plain text');
    const lines = this.#continues(indent) ? [text, ...this.#takeBelow(indent)] : [text];
    if (this.#rules.isStrict && lines.some(needsQuotes))
      throw new TextFlaw('a plain text that a serialiser would quote');
    return lines.length === 1 ? readPlain(text.trimEnd()) : foldLines(lines, false);
  }

  #readQuoted(first: string, indent: number): string {
    const isEscaped = first.startsWith('"');
    const lines = [first];
    for (let end = findClosing(first, 1, isEscaped); end === -1; ) {
      const next = this.#lines[this.#at];
      if (next === undefined || (next.text !== '' && next.indent <= indent)) {
        throw new TextFlaw('a quoted text does not end');
      }
      lines.push(next.text);
      this.#at += 1;
      end = findClosing(next.text, 0, isEscaped);
    }
    const source = foldLines(lines, isEscaped);
    const { text, end } = isEscaped ? readEscaped(source, 0) : readDoubled(source, 0);
    if (source.slice(end).trim() !== '') throw new TextFlaw('something behind a quoted text');
    return text;
  }

  #continues(indent: number): boolean {
    const next = this.#lines[this.#at];
    return next !== undefined && (next.text === '' || next.indent > indent);
  }

  /** The lines further to the right than `indent`, and blank ones among them. */
  #takeBelow(indent: number): string[] {
    const taken: string[] = [];
    for (let line = this.#lines[this.#at]; line !== undefined; line = this.#lines[this.#at]) {
      if (line.text !== '' && line.indent <= indent) break;
      taken.push(line.text);
      this.#at += 1;
    }
    while (taken.at(-1) === '') taken.pop();
    return taken;
  }

  #count(): void {
    this.#members += 1;
    if (this.#members > MOST_MEMBERS) throw new TextFlaw('too many members');
  }
}

function needsQuotes(line: string): boolean {
  if (line.includes('\t')) return /:(?:\s|$)|\s#/.test(line);
  return line.includes(': ') || line.includes(' #') || line.endsWith(':');
}

function readFlow(text: string): JsonValue {
  const parsed = parseStrictJson(text, { depth: DEEPEST, keys: MOST_MEMBERS });
  if (!parsed.ok) throw new TextFlaw('not JSON');
  return parsed.value;
}

function readPlain(text: string): JsonValue {
  if (text === 'null' || text === '~') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const first = text.charCodeAt(0);
  // Only digits, a sign and a point begin a number.
  if (first > 57 || first < 43) return text;
  const number = Number(text);
  return String(number) === text && Number.isFinite(number) ? number : text;
}
