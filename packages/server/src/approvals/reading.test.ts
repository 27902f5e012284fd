import { expect, it } from 'vitest';
import { boundReading, readingInput } from './reading.ts';

it('is kept as the browser says, but nobody reads longer than the request has been there', () => {
  expect(boundReading({ milliseconds: 900, opened: 1 }, 5_000)).toBe('{"milliseconds":900,"opened":1}');
  expect(boundReading({ milliseconds: 9_000, opened: 1 }, 5_000)).toBe('{"milliseconds":5000,"opened":1}');
  expect(boundReading({ milliseconds: 9, opened: 0 }, -1)).toBe('{"milliseconds":0,"opened":0}');
  expect(boundReading(undefined, 5)).toBeNull();
});

it.each([
  {},
  { milliseconds: -1, opened: 0 },
  { milliseconds: 0.5, opened: 0 },
  { milliseconds: 1e12, opened: 0 },
])('is refused when it is no measure: %j', (given) => {
  expect(readingInput.safeParse(given).success).toBe(false);
});
