const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FULL_MONTHS =
  'january february march april may june july august september october november december'.split(' ');
const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map([
  ...MONTHS.map((name, index) => [name, index + 1] as const),
  ...FULL_MONTHS.map((name, index) => [name, index + 1] as const),
  ['sept', 9] as const,
]);

/**
 * The dates that a text in digits may mean, as `YYYY-MM-DD`; two where day and month could change places, none where it
 * is no date.
 */
export function readDate(text: string): readonly string[] {
  if (text.length > 10) return [];
  const first = YEAR_FIRST.exec(text);
  if (first !== null) return writeDate(Number(first[1]), Number(first[2]), Number(first[3]));
  const last = YEAR_LAST.exec(text);
  if (last === null) return [];
  const [one, other, year] = [Number(last[1]), Number(last[3]), Number(last[4])];
  const dayFirst = writeDate(year, other, one);
  // Only the slash is written in both orders.
  return last[2] === '/' && one !== other ? [...dayFirst, ...writeDate(year, one, other)] : dayFirst;
}

/** The number of a month's name or its short form. */
export function readMonth(word: string): number | undefined {
  return MONTH_NUMBERS.get(word.endsWith('.') ? word.slice(0, -1) : word);
}

/** `19`, `19th`. */
export function readDay(word: string): number | undefined {
  const found = word.length > 4 ? null : /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(word);
  const day = Number(found?.[1] ?? 0);
  return day >= 1 && day <= 31 ? day : undefined;
}

export function writeDate(year: number | null, month: number, day: number): readonly string[] {
  if (month < 1 || month > 12 || day < 1 || day > 31) return [];
  const rest = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return [`${year === null ? '--' : year}-${rest}`];
}
