import type { QueryField } from './query.ts';
import { readMoment, readSpan } from './read-moment.ts';

/** A kind of record, or all of a noun: `action.*`. */
export const kindPattern = /^[a-z]+\.(?:[a-z_]+|\*)$/;

/** The age needs some moment to be counted from; which one does not matter here. */
const anyMoment = 1;

const expected: Partial<Record<QueryField, readonly [fits: (value: string) => boolean, what: string]>> = {
  kind: [(value) => kindPattern.test(value), 'a kind of record such as action.refused, or action.*'],
  trace: [(value) => /^[0-9a-f]{32}$/.test(value), 'a trace id: 32 hexadecimal digits'],
  from: [isTime, 'a time such as 2026-11-22T10:00Z, or an age such as 24h'],
  to: [isTime, 'a time such as 2026-11-22T10:00Z, or an age such as 24h'],
  on: [
    (value) => readSpan(value) !== undefined,
    'a day such as 2026-11-22, or a minute such as 2026-11-22T10:00',
  ],
  decision: [isOneOf('allow', 'step_up', 'deny'), 'allow, step_up or deny'],
};

/** What would have to stand there instead; undefined when the value can be one of the field's. */
export function findMisfit(field: QueryField, value: string): string | undefined {
  const [fits, what] = expected[field] ?? [() => true, ''];
  return fits(value) ? undefined : what;
}

function isTime(value: string): boolean {
  return readMoment(value, anyMoment) !== undefined;
}

function isOneOf(...names: readonly string[]) {
  return (value: string) => names.includes(value);
}
