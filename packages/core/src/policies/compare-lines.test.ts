import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLines } from './compare-lines.ts';

const show = (before: string, after: string) =>
  compareLines([...before], [...after])
    .map(({ sign, line }) => `${sign}${line}`)
    .join('');

describe('compareLines', () => {
  it.each([
    ['', '', ''],
    ['ab', 'ab', ' a b'],
    ['', 'a', '+a'],
    ['a', '', '-a'],
    ['abc', 'axc', ' a-b+x c'],
    ['abcd', 'bcde', '-a b c d+e'],
    ['aab', 'ab', ' a-a b'],
  ])('%s to %s', (before, after, wanted) => {
    expect(show(before, after)).toBe(wanted);
  });

  it('holds both texts, in order', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const compared = compareLines(before, after);
        const side = (without: string) =>
          compared.filter(({ sign }) => sign !== without).map(({ line }) => line);
        expect([side('+'), side('-')]).toEqual([before, after]);
      }),
    );
  });

  it('does not take long for long texts', () => {
    const lines = (name: string) => Array.from({ length: 5_000 }, (_, i) => `${name}${i}`);
    expect(compareLines(lines('a'), lines('b'))).toHaveLength(10_000);
  });
});
