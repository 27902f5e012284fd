import { TextFlaw } from './flaw.ts';

/** A quoted text and the offset behind its closing quote. */
export interface Quoted {
  readonly text: string;
  readonly end: number;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** A text with backslash escapes whose opening quote is at `start`, as YAML (7.3.1), JSON and Python write it. Throws `TextFlaw`. */
export function readEscaped(source: string, start: number): Quoted {
  const quote = source[start];
  const pieces: string[] = [];
  let from = start + 1;
  for (let at = from; at < source.length; at++) {
    const unit = source[at];
    if (unit === quote) {
      pieces.push(source.slice(from, at));
      return { text: pieces.join(''), end: at + 1 };
    }
    if (unit !== '\\') continue;
    pieces.push(source.slice(from, at));
    const { text, end } = readEscape(source, at + 1);
    pieces.push(text);
    from = end;
    at = end - 1;
  }
  throw new TextFlaw('a quoted text does not end');
}

function readEscape(source: string, at: number): Quoted {
  const letter = source[at] ?? '';
  const plain = ESCAPES.get(letter);
  if (plain !== undefined) return { text: plain, end: at + 1 };
  const length = HEX_LENGTHS.get(letter);
  const digits = length === undefined ? '' : source.slice(at + 1, at + 1 + length);
  if (length === undefined || digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) {
    throw new TextFlaw('an unknown escape');
  }
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) throw new TextFlaw('an unknown escape');
  return { text: String.fromCodePoint(code), end: at + 1 + length };
}

/** A text in single quotes whose opening one is at `start`; a quote in it stands twice (YAML 7.3.2). Throws `TextFlaw`. */
export function readDoubled(source: string, start: number): Quoted {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] !== "'") continue;
    if (source[at + 1] !== "'")
      return { text: source.slice(start + 1, at).replaceAll("''", "'"), end: at + 1 };
    at += 1;
  }
  throw new TextFlaw('a quoted text does not end');
}

/** Where in one line a quoted text ends, or -1 when it goes on in the next. */
export function findClosing(line: string, from: number, isEscaped: boolean): number {
  const quote = isEscaped ? '"' : "'";
  for (let at = from; at < line.length; at++) {
    if (isEscaped && line[at] === '\\') at += 1;
    else if (line[at] === quote) {
      if (isEscaped || line[at + 1] !== "'") return at;
      at += 1;
    }
  }
  return -1;
}

/** Lines of one text as one line: a break is a space, a blank line a break (YAML 6.5), an escaped break nothing. */
export function foldLines(lines: readonly string[], isEscaped: boolean): string {
  const pieces: string[] = [];
  let glue = '';
  for (const [index, raw] of lines.entries()) {
    const line = index === lines.length - 1 ? raw : raw.trimEnd();
    if (index > 0 && line === '' && index < lines.length - 1) {
      glue = glue === ' ' ? '\n' : `${glue}\n`;
      continue;
    }
    const joins = isEscaped && /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    pieces.push(glue, joins ? line.slice(0, -1) : line);
    glue = joins ? '' : ' ';
  }
  return pieces.join('');
}
