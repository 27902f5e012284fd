import { DASH, DIGIT, LETTER } from '../text/token-kinds.ts';
import type { Tokens } from '../text/tokens.ts';
import { type Atom, type AtomKind, writeForm } from './atom.ts';
import { readAccount } from './read-account.ts';
import { readDay, readMonth, writeDate } from './read-date.ts';
import { readTime } from './read-time.ts';

const MOST_GROUPS = 10;
const LONGEST_PART = 8;
const LONGEST_GAP = 2;
const FAR = 99;
const PLUS = 43;
const OPEN_BRACKET = 40;
const CLOSE_BRACKET = 41;

/** A value of several tokens around the one at `index`: `May 19, 2024`, `10 am`, an IBAN, card or telephone number in groups. */
export function readSpan(text: string, tokens: Tokens, index: number): Atom | undefined {
  const length = tokens.to(index) - tokens.from(index);
  if (length > LONGEST_PART || isAlone(text, tokens, index)) return undefined;
  const word = tokens.read(text, index);
  return (
    readWrittenDate(text, tokens, index, word) ??
    readHalfDay(text, tokens, index, word) ??
    readGroups(text, tokens, index)
  );
}

function makeSpan(kind: AtomKind, first: number, last: number, values: readonly string[]): Atom {
  return { kind, first, last, forms: values.map((value) => writeForm(kind, value)), gives: [] };
}

function readWrittenDate(text: string, tokens: Tokens, index: number, word: string): Atom | undefined {
  const before = isNear(text, tokens, index - 1) ? monthAt(text, tokens, index - 1) : undefined;
  // `the 19th of May`
  const after = isNear(text, tokens, index) && tokens.read(text, index + 1) === 'of' ? index + 2 : index + 1;
  const month = before ?? (isNear(text, tokens, after - 1) ? monthAt(text, tokens, after) : undefined);
  const day = month === undefined ? undefined : readDay(word);
  if (month === undefined || day === undefined) return undefined;
  const end = before === undefined ? after : index;
  const year = isNear(text, tokens, end) ? tokens.read(text, end + 1) : '';
  const isYear = /^(?:19|20)\d\d$/.test(year);
  const dates = writeDate(isYear ? Number(year) : null, month, day);
  const first = before === undefined ? index : index - 1;
  return dates.length === 0 ? undefined : makeSpan('date', first, isYear ? end + 1 : end, dates);
}

function monthAt(text: string, tokens: Tokens, index: number): number | undefined {
  const length = tokens.to(index) - tokens.from(index);
  return tokens.flags(index) === LETTER && length >= 3 && length <= 9
    ? readMonth(tokens.read(text, index))
    : undefined;
}

function readHalfDay(text: string, tokens: Tokens, index: number, word: string): Atom | undefined {
  if ((tokens.flags(index + 1) & LETTER) === 0 || !isNear(text, tokens, index)) return undefined;
  const half = /^([ap])\.?m$/.exec(tokens.read(text, index + 1))?.[1];
  const time = half === undefined ? undefined : readTime(word, `${half}m`);
  return time === undefined ? undefined : makeSpan('time', index, index + 1, [time]);
}

/**
 * Groups that are one number together. Only shapes that people write one number in are joined, so that numbers which happen
 * to stand side by side never make a new one.
 */
function readGroups(text: string, tokens: Tokens, index: number): Atom | undefined {
  const begin = text.charCodeAt(tokens.from(index) - 1);
  const first = tokens.read(text, index);
  if (/^[a-z]{2}\d\d$/.test(first)) return readIban(text, tokens, index);
  const isPhone =
    begin === PLUS || (begin === OPEN_BRACKET && text.charCodeAt(tokens.to(index)) === CLOSE_BRACKET);
  let last = index;
  let bare = first.replaceAll('-', '');
  while (last - index < MOST_GROUPS && isDigitGroup(text, tokens, last)) {
    last++;
    bare += tokens.read(text, last).replaceAll('-', '');
  }
  const fits = isPhone ? bare.length >= 7 && bare.length <= 15 : isCard(text, tokens, index, last);
  const account = fits ? readAccount(bare) : undefined;
  return account === undefined ? undefined : makeSpan('account', index, last, [account]);
}

/** Groups of four after country and check digits; only the last is shorter, and only the bank's code has no digit. */
function readIban(text: string, tokens: Tokens, index: number): Atom | undefined {
  let bare = tokens.read(text, index);
  let last = index;
  while (last - index < MOST_GROUPS) {
    const flags = tokens.flags(last + 1);
    const length = tokens.to(last + 1) - tokens.from(last + 1);
    const isBank = last === index && flags === LETTER && length === 4;
    if ((flags & ~(LETTER | DIGIT)) !== 0 || ((flags & DIGIT) === 0 && !isBank) || length > 4) break;
    if (text.slice(tokens.to(last), tokens.from(last + 1)) !== ' ') break;
    last++;
    bare += tokens.read(text, last);
    if (length < 4) break;
  }
  const account = bare.length < 14 || bare.length > 34 ? undefined : readAccount(bare);
  return account === undefined ? undefined : makeSpan('account', index, last, [account]);
}

function isDigitGroup(text: string, tokens: Tokens, index: number): boolean {
  if ((tokens.flags(index + 1) & ~(DIGIT | DASH)) !== 0 || index + 1 >= tokens.count) return false;
  const gap = text.slice(tokens.to(index), tokens.from(index + 1));
  return gap === ' ' || gap === ') ' || gap === ')' || gap === ' (' || gap === '-';
}

/** Four groups of four, as on a card, or fewer at the end. */
function isCard(text: string, tokens: Tokens, first: number, last: number): boolean {
  if (last - first < 3 || last - first > 4) return false;
  for (let index = first; index < last; index++) if (!/^\d{4}$/.test(tokens.read(text, index))) return false;
  return /^\d{1,4}$/.test(tokens.read(text, last));
}

/** Whether no other token is near enough to belong to it. */
function isAlone(text: string, tokens: Tokens, index: number): boolean {
  const before = index === 0 ? FAR : tokens.from(index) - tokens.to(index - 1);
  const after = index + 1 < tokens.count ? tokens.from(index + 1) - tokens.to(index) : FAR;
  return before > LONGEST_GAP && after > LONGEST_GAP && text.charCodeAt(tokens.from(index) - 1) !== PLUS;
}

/** Whether nothing but a blank, or a comma and a blank, stands after a token. */
function isNear(text: string, tokens: Tokens, index: number): boolean {
  if (index < 0 || index + 1 >= tokens.count) return false;
  if (tokens.from(index + 1) - tokens.to(index) > LONGEST_GAP) return false;
  const gap = text.slice(tokens.to(index), tokens.from(index + 1));
  return gap === ' ' || gap === ', ' || gap === '. ' || gap === ',';
}
