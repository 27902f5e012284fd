import { expect, it } from 'vitest';
import { findOddHour } from './find-odd-hour.ts';

const hour = 3_600_000;
const days = (at: number, count: number) =>
  Array.from({ length: count * 4 }, (_, n) => ({ at: Math.floor(n / 4) * 24 * hour + at }));

it('says when nothing was ever done within an hour of that time', () => {
  const now = 40 * 24 * hour + 3.2 * hour;
  expect(findOddHour(days(14 * hour, 6), now)).toBe(
    'At 03:12 UTC: none of its last 24 calls was made within an hour of that time',
  );
  expect(findOddHour(days(4 * hour, 6), now)).toBe(false);
  expect(findOddHour(days(23.5 * hour, 6), 40 * 24 * hour + 0.5 * hour)).toBe(false);
});

it('says nothing of few calls, or of calls of few days', () => {
  const now = 40 * 24 * hour + 3 * hour;
  expect(findOddHour(days(14 * hour, 4), now)).toBe(false);
  expect(findOddHour(days(14 * hour, 6).slice(0, 19), now)).toBe(false);
});
