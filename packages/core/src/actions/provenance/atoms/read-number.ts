const PLAIN = /^-?\d{1,15}(?:\.\d{1,9})?$/;
const GROUPED = /^-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,9})?$/;
const GROUPED_BY_DOTS = /^-?\d{1,3}(?:\.\d{3}){1,4},\d{1,2}$/;

/**
 * A number as JSON writes it: `1,200.00` and `1200` are `1200`. Undefined for what can be read in two ways or names
 * something: a leading zero, or more digits than a double holds.
 */
export function readNumber(text: string): string | undefined {
  if (text.length > 32) return undefined;
  let plain = text;
  if (GROUPED.test(text)) plain = text.replaceAll(',', '');
  else if (GROUPED_BY_DOTS.test(text)) plain = text.replaceAll('.', '').replace(',', '.');
  else if (!PLAIN.test(text)) return undefined;
  if (/^-?0\d/.test(plain)) return undefined;
  return String(Number(plain) + 0);
}

const WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const COUNTS: ReadonlyMap<string, string> = new Map(WORDS.map((word, count) => [word, String(count)]));

/** What a small number's word counts. */
export function readCount(word: string): string | undefined {
  return COUNTS.get(word);
}
