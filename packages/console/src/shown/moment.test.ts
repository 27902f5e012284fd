import { expect, it } from 'vitest';
import { formatMoment, formatSeconds } from './moment.tsx';

it('says a time of today as a time and any other with its day', () => {
  const now = new Date(2026, 10, 22, 12, 0, 0).getTime();
  expect(formatMoment(now - 3_600_000, now)).toBe('11:00:00');
  expect(formatMoment(now - 86_400_000, now)).toBe('2026-11-21 12:00');
});

it.each([
  [0, '0:00'],
  [59, '0:59'],
  [600, '10:00'],
  [3_700, '1 h 1 min'],
  [200_000, '2 d'],
])('says %s seconds as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
