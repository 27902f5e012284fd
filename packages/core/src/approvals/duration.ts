const SECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 60 * 60],
]);

/** Seconds of a time such as `90s`, `10m` or `2h`; undefined when it is none, or not within the bounds. */
export function parseDuration(
  text: string,
  bounds: { readonly shortest: number; readonly longest: number },
): number | undefined {
  const found = /^([1-9]\d{0,5})([smh])$/.exec(text);
  if (found === null) return undefined;
  const seconds = Number(found[1]) * (SECONDS_PER_UNIT.get(found[2] ?? '') ?? Number.NaN);
  return seconds >= bounds.shortest && seconds <= bounds.longest ? seconds : undefined;
}
