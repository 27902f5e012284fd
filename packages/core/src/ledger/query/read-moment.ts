const moment = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const age = /^(\d{1,6})(s|m|h|d|w)$/;
const ageMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Epoch milliseconds of an ISO 8601 day or moment (UTC where no zone is given); undefined for anything else.
 * With `now` above 0 also of an age such as `24h`.
 */
export function readMoment(text: string, now: number): number | undefined {
  const [, count, unit] = age.exec(text) ?? [];
  if (count !== undefined && isUnit(unit))
    return now === 0 ? undefined : Math.max(0, now - Number(count) * ageMs[unit]);
  const [, day, minute, second = '', zone = 'Z'] = moment.exec(text) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(minute === undefined ? `${day}T00:00Z` : `${day}T${minute}${second}${zone}`);
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

/** From when until before when a moment lasts that is written as a day, a minute or a second. */
export function readSpan(text: string): { readonly from: number; readonly to: number } | undefined {
  const from = readMoment(text, 0);
  if (from === undefined) return undefined;
  const [, , minute, second] = moment.exec(text) ?? [];
  const lasts = minute === undefined ? ageMs.d : second === undefined ? ageMs.m : ageMs.s;
  return { from, to: from + lasts };
}

export function isDay(text: string): boolean {
  return text.length === 10 && readMoment(text, 0) !== undefined;
}

function isUnit(unit: string | undefined): unit is keyof typeof ageMs {
  return unit !== undefined && Object.hasOwn(ageMs, unit);
}
