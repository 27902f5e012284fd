import { endOfUrl } from './end-of-url.ts';
import {
  ALONE,
  AT,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  DOT,
  INNER,
  kindOf,
  LETTER,
  QUERY,
  SLASH,
  SYMBOL,
  URL_TOKEN,
} from './token-kinds.ts';
import type { Tokens } from './tokens.ts';

const WORD = LETTER | DIGIT;
const BACKSLASH = 92;
const HYPHEN = 45;
const TILDE = 126;
const BAR = 124;

/**
 * Cuts a folded, hostile text into values as a person sees them: `bob@a.com`, `2024-05-19`, `1,200.00`, `/etc/passwd`, an
 * URL or a word each is one token, so that no part of one is ever taken for the value. One pass, no backtracking.
 */
export function scanTokens(text: string, tokens: Tokens): void {
  tokens.clear();
  const { length } = text;
  let at = 0;
  while (at < length) {
    const kind = kindOf(text.charCodeAt(at));
    if ((kind & WORD) !== 0 || (kind !== 0 && opensToken(text, at, kind))) {
      at = readToken(text, at, tokens);
      continue;
    }
    if (kind === ALONE || kind === SYMBOL) tokens.add(at, at + 1, kind);
    at++;
  }
}

function opensToken(text: string, at: number, kind: number): boolean {
  const next = kindOf(text.charCodeAt(at + 1));
  // A path, or a file that begins with a dot.
  if (kind === SLASH || kind === DOT) return (next & (WORD | SLASH | DOT)) !== 0;
  if (text.charCodeAt(at) === TILDE) return next === SLASH;
  if (text.charCodeAt(at) === HYPHEN)
    return next === DIGIT && (at === 0 || kindOf(text.charCodeAt(at - 1)) === 0);
  return false;
}

function readToken(text: string, from: number, tokens: Tokens): number {
  let flags = 0;
  let end = from;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    const kind = kindOf(unit);
    if ((kind & WORD) === 0) {
      if (kind === COLON && text.startsWith('//', end + 1) && flags === LETTER) {
        const close = endOfUrl(text, end + 3);
        tokens.add(from, close, URL_TOKEN);
        return close;
      }
      if (!joins(text, from, end, kind, flags)) break;
    }
    flags |= kind;
  }
  // A slash that ends a path names the same place.
  let to = end;
  while (to - 1 > from && text.charCodeAt(to - 1) === 47) to--;
  tokens.add(from, to, flags);
  return end;
}

/** Whether what stands here belongs to the value that began at `from`, because more of it follows. */
function joins(text: string, from: number, at: number, kind: number, flags: number): boolean {
  if (kind === 0 || kind === ALONE) return false;
  const next = kindOf(text.charCodeAt(at + 1));
  switch (kind) {
    case DOT:
      return (
        (next & WORD) !== 0 ||
        isDotSegment(text, at) ||
        ((flags & WORD) === 0 && (next & (SLASH | DOT)) !== 0)
      );
    case SLASH:
      return true;
    case DASH:
    case AT:
    case INNER:
      return (next & WORD) !== 0 || at === from;
    case COLON:
      if (at - from === 1 && (next === SLASH || text.charCodeAt(at + 1) === BACKSLASH)) return true;
      return next === DIGIT && kindOf(text.charCodeAt(at - 1)) === DIGIT;
    case COMMA:
      return groupsThousands(text, at) || (flags === (DIGIT | DOT) && beginsCents(text, at));
    case QUERY:
    case SYMBOL:
      if (text.charCodeAt(at) === BACKSLASH) return text.startsWith(':\\', from + 1);
      // The query of an address without its scheme.
      return (
        (flags & DOT) !== 0 && (flags & SLASH) !== 0 && (next & WORD) !== 0 && text.charCodeAt(at) !== BAR
      );
    default:
      return false;
  }
}

/** `.` or `..` as a name in a path: without it the path leads elsewhere. */
function isDotSegment(text: string, at: number): boolean {
  const before = text[at - 1];
  return before === '/' || (before === '.' && text[at - 2] === '/');
}

/** A comma before the last two digits of an amount. */
function beginsCents(text: string, at: number): boolean {
  for (const offset of [1, 2]) if (kindOf(text.charCodeAt(at + offset)) !== DIGIT) return false;
  return (kindOf(text.charCodeAt(at + 3)) & WORD) === 0;
}

function groupsThousands(text: string, at: number): boolean {
  for (const offset of [-1, 1, 2, 3]) if (kindOf(text.charCodeAt(at + offset)) !== DIGIT) return false;
  return (kindOf(text.charCodeAt(at + 4)) & WORD) === 0;
}
