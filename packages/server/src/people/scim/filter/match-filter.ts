import { isRecord, type JsonRecord, readMember } from '../json.ts';
import type { Comparison, Filter } from './parse-filter.ts';

/** Names whose case matters; all others are compared without it, as RFC 7643 says of them. */
const exact: ReadonlySet<string> = new Set(['id', 'externalid', '$ref']);

/** Whether the resource is one the filter asks for; of an attribute with several values one has to match. */
export function matchFilter(resource: JsonRecord, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => matchFilter(resource, term));
    case 'or':
      return filter.terms.some((term) => matchFilter(resource, term));
    case 'not':
      return !matchFilter(resource, filter.term);
    case 'some':
      return readAll(resource, filter.path).some(
        (value) => isRecord(value) && matchFilter(value, filter.term),
      );
    case 'present':
      return readValues(resource, filter.path).some(
        (value) => value !== undefined && value !== null && value !== '',
      );
    case 'compare': {
      const isExact = exact.has((filter.path.at(-1) ?? '').toLowerCase());
      const values = readValues(resource, filter.path);
      // Not equal to any, also where there is none (RFC 7644 §3.4.2.2).
      if (filter.by === 'ne') return !values.some((value) => isEqual(value, filter.value, isExact));
      return values.some((value) => compare(value, filter.by, filter.value, isExact));
    }
  }
}

function readAll(resource: JsonRecord, path: readonly string[]): readonly unknown[] {
  let found: readonly unknown[] = [resource];
  for (const name of path) {
    found = found.flatMap((one) => (isRecord(one) ? [readMember(one, name)].flat() : []));
  }
  return found.filter((one) => one !== undefined);
}

/** A complex value stands for its `value`. */
function readValues(resource: JsonRecord, path: readonly string[]): readonly unknown[] {
  return readAll(resource, path).map((one) => {
    const value = isRecord(one) ? readMember(one, 'value') : undefined;
    return value === undefined ? one : value;
  });
}

type Value = string | number | boolean | null;

function isEqual(found: unknown, wanted: Value, isExact: boolean): boolean {
  // Entra asks for booleans as texts.
  if (typeof found === 'boolean' && typeof wanted === 'string') return String(found) === wanted.toLowerCase();
  if (typeof found !== 'string' || typeof wanted !== 'string') return found === wanted;
  return isExact ? found === wanted : found.toLowerCase() === wanted.toLowerCase();
}

function compare(
  found: unknown,
  by: Exclude<Comparison, 'ne'> | Comparison,
  wanted: Value,
  isExact: boolean,
): boolean {
  if (by === 'eq') return isEqual(found, wanted, isExact);
  if (typeof found === 'number' && typeof wanted === 'number') return compareOrder(found - wanted, by);
  if (typeof found !== 'string' || typeof wanted !== 'string') return false;
  const [text, part] = isExact ? [found, wanted] : [found.toLowerCase(), wanted.toLowerCase()];
  if (by === 'co') return text.includes(part);
  if (by === 'sw') return text.startsWith(part);
  if (by === 'ew') return text.endsWith(part);
  const [time, otherTime] = [Date.parse(found), Date.parse(wanted)];
  const isTime = /^\d{4}-\d\d-\d\dT/.test(found) && !Number.isNaN(time) && !Number.isNaN(otherTime);
  if (isTime) return compareOrder(time - otherTime, by);
  return compareOrder(text < part ? -1 : text > part ? 1 : 0, by);
}

function compareOrder(difference: number, by: Comparison): boolean {
  if (by === 'gt') return difference > 0;
  if (by === 'ge') return difference >= 0;
  if (by === 'lt') return difference < 0;
  return by === 'le' && difference <= 0;
}
