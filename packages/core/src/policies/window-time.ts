const LONGEST_SECONDS = 366 * 86_400;
const SECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** Seconds of a time such as `1s`, `10m`, `2h` or `30d`, up to 366 days; undefined for any other text. */
export function parseWindowTime(text: string): number | undefined {
  const found = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  if (found === null) return undefined;
  const seconds = Number(found[1]) * (SECONDS_PER_UNIT.get(found[2] ?? '') ?? Number.NaN);
  return seconds <= LONGEST_SECONDS ? seconds : undefined;
}
