import { describe, expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { formatDuration } from './output/format-time.ts';
import { collect, parseCount, parseDuration, parseTime, readPairs } from './parse-options.ts';

describe('values of options', () => {
  test.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['30d', 2_592_000],
  ])('%s is a duration', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '-1', '1.5h', '8 h', '1w', '1e9', '9999999999'])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow(CliError);
  });

  test('counts are whole and not negative', () => {
    expect(parseCount('0')).toBe(0);
    for (const text of ['-1', '1.0', '0x10', '', '1e3', '9'.repeat(16)])
      expect(() => parseCount(text)).toThrow(CliError);
  });

  test('times are ISO 8601 or an age', () => {
    expect(parseTime('2026-01-31T09:00:00Z')).toBe(Date.UTC(2026, 0, 31, 9));
    expect(Math.abs(parseTime('2h') - (Date.now() - 7_200_000))).toBeLessThan(1000);
    for (const text of ['yesterday', '12', '2026-13-01', '']) expect(() => parseTime(text)).toThrow(CliError);
  });

  test('pairs are split at the first separator, and none is given twice', () => {
    expect(readPairs(['Authorization: Bearer {secret:a}', 'X: a:b'], ':')).toEqual({
      Authorization: 'Bearer {secret:a}',
      X: 'a:b',
    });
    expect(Object.keys(readPairs(['__proto__=1', 'constructor=2'], '='))).toEqual([
      '__proto__',
      'constructor',
    ]);
    for (const pairs of [['A=1', 'A=2'], ['=1'], ['A']])
      expect(() => readPairs(pairs, '=')).toThrow(CliError);
  });

  test('an option given many times is a list', () => {
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
  });

  test('durations are said in two units at most', () => {
    expect([0, 59_000, 200_000, 90_061_000].map(formatDuration)).toEqual([
      '0 s',
      '59 s',
      '3 m 20 s',
      '1 d 1 h',
    ]);
  });
});
