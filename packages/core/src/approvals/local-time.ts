/** The day and the minute that a clock on the wall shows somewhere. */
export interface LocalTime {
  /** Days since 1970-01-01, of the calendar there. */
  readonly day: number;
  /** Since midnight. */
  readonly minute: number;
}

/** What the clocks of an IANA time zone show at a moment (epoch milliseconds). Throws `RangeError` for an unknown zone. */
export function readLocalTime(timeZone: string, at: number): LocalTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).formatToParts(at);
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  return {
    day: countDays(read('year'), read('month'), read('day')),
    minute: read('hour') * 60 + read('minute'),
  };
}

/** Days since 1970-01-01 of `2026-11-22`; undefined when there is no such day. */
export function parseDay(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return undefined;
  const day = countDays(Number(found[1]), Number(found[2]), Number(found[3]));
  return new Date(day * DAY_MILLISECONDS).toISOString().startsWith(text) ? day : undefined;
}

/** Minutes since midnight of `09:30`. */
export function parseMinute(text: string): number | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * 60 + Number(found[2]);
}

const DAY_MILLISECONDS = 86_400_000;

function countDays(year: number, month: number, day: number): number {
  return Math.floor(Date.UTC(year, month - 1, day) / DAY_MILLISECONDS);
}
