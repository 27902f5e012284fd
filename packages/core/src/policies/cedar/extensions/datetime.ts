import { CedarEvaluationError } from '../errors.ts';
import { addLongs, normaliseLong, subtractLongs } from '../long.ts';
import { requireExtension, requireString } from '../require-type.ts';
import type { CedarDatetime, CedarLong, CedarValue } from '../value.ts';
import { makeDuration } from './duration.ts';
import { type ExtensionFunction, one, two } from './extension-function.ts';

const FORM =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/;
const DAY_MS = 86_400_000n;

export function makeDatetime(milliseconds: CedarLong): CedarDatetime {
  return { kind: 'extension', name: 'datetime', amount: milliseconds };
}

/** `datetime("2024-10-15")` or `datetime("2024-10-15T11:35:00.000+0100")`: a real day, no leap second. */
export function parseDatetime(text: string): CedarDatetime {
  const found = FORM.exec(text);
  if (found === null) throw new CedarEvaluationError('not a datetime');
  const part = (at: number): number => Number(found[at] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59)
    throw new CedarEvaluationError('not a time of day');
  // `Date.UTC` takes years below 100 for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    throw new CedarEvaluationError('not a day of the calendar');
  date.setUTCHours(hour, minute, second, part(7));
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000;
  return makeDatetime(date.getTime() + (found[8] === '-' ? offsetMs : -offsetMs) + 0);
}

function startOfDay(amount: CedarLong): bigint {
  const exact = BigInt(amount);
  const rest = exact % DAY_MS;
  return exact - (rest < 0n ? rest + DAY_MS : rest);
}

const read = (value: CedarValue): CedarLong => requireExtension(value, 'datetime').amount;

export const DATETIME_FUNCTIONS: readonly (readonly [string, ExtensionFunction])[] = [
  ['datetime', one((text) => parseDatetime(requireString(text)))],
  [
    'offset',
    two((left, right) => makeDatetime(addLongs(read(left), requireExtension(right, 'duration').amount))),
  ],
  ['durationSince', two((left, right) => makeDuration(subtractLongs(read(left), read(right))))],
  ['toDate', one((value) => makeDatetime(normaliseLong(startOfDay(read(value)))))],
  ['toTime', one((value) => makeDuration(normaliseLong(BigInt(read(value)) - startOfDay(read(value)))))],
];
