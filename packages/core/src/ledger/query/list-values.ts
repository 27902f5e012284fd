/** What is found of one record's arguments; the rest is not. */
export const VALUE_BOUNDS = { values: 32, depth: 12, visited: 512, length: 256, searched: 2048 } as const;

/** Inside a longer text: e-mail addresses, account numbers, and what looks like the number of an order or of a customer. */
const token = new RegExp(
  [
    String.raw`[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{2,190}[\p{L}\p{N}]`,
    String.raw`\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\b`,
    String.raw`\b(?=[A-Za-z_-]{0,24}\d)[A-Za-z0-9][A-Za-z0-9_-]{3,62}[A-Za-z0-9]\b`,
  ].join('|'),
  'gu',
);

/**
 * Calls back with each value that a record is found by, in the form in which it is looked for: the scalars in the
 * arguments of its call, and what looks like an address or a number in longer ones. May come twice. The arguments are
 * hostile: count, depth and length are bounded.
 */
export function visitValues(
  body: Readonly<Record<string, unknown>> | undefined,
  visit: (value: string) => void,
): void {
  const found = body?.arguments;
  if (found === undefined) return;
  let [visited, given] = [0, 0];
  const give = (value: string) => {
    if (given >= VALUE_BOUNDS.values) return;
    given += 1;
    visit(value);
  };
  const walk = (value: unknown, depth: number) => {
    visited += 1;
    if (visited > VALUE_BOUNDS.visited || given >= VALUE_BOUNDS.values) return;
    if (typeof value === 'string') visitText(value, give);
    else if (typeof value === 'number') give(foldValue(String(value)));
    else if (typeof value === 'object' && value !== null && depth < VALUE_BOUNDS.depth)
      for (const member of Array.isArray(value) ? value : Object.values(value)) walk(member, depth + 1);
  };
  walk(found, 0);
}

function visitText(text: string, visit: (value: string) => void): void {
  if (text === '') return;
  if (text.length <= VALUE_BOUNDS.length) visit(foldValue(text));
  // A short text without a space in it is its own and only token.
  if (text.length < 8 || !/\s/.test(text)) return;
  for (const [found] of text.slice(0, VALUE_BOUNDS.searched).matchAll(token))
    if (found.length < text.length) visit(foldValue(found));
}

/**
 * One form for values that are looked for in many spellings: NFC, without case, spaces inside an account number gone,
 * numbers without an empty fraction.
 */
export function foldValue(text: string): string {
  const folded = text.normalize('NFC').trim().toLowerCase().slice(0, VALUE_BOUNDS.length);
  if (/^-?(?:0|[1-9]\d{0,300})\.\d+$/.test(folded)) return folded.replace(/\.?0+$/, '');
  return isAccountNumber(folded) ? folded.replaceAll(' ', '') : folded;
}

function isAccountNumber(folded: string): boolean {
  return /^[a-z]{2}\d{2}(?: [0-9a-z]{1,4}){2,8}$/.test(folded);
}
