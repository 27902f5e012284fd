import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dropCoveredPatterns,
  intersectPatterns,
  isActionPattern,
  isPatternWithin,
  matchAction,
} from './action-pattern.ts';

const NAMES = listNames('abz', 5);
const segments = fc
  .tuple(listOf('ab', 2), fc.constantFrom('', '*'), listOf('ab', 2))
  .map((parts) => parts.join(''))
  .filter((segment) => segment !== '');
const patterns = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constant('u'), segments).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fc.tuple(segments, segments, segments).map((parts) => parts.join('/')) },
);

function listOf(letters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters), maxLength });
}

/** All texts over the letters up to a length; `z` stands for every letter that no pattern names. */
function listNames(letters: string, longest: number): string[] {
  let last = [''];
  const all = [''];
  for (let length = 1; length <= longest; length++) {
    last = last.flatMap((text) => Array.from(letters, (letter) => text + letter));
    all.push(...last);
  }
  return all;
}

function matchAll(pattern: string): Set<string> {
  return new Set([...NAMES, 'a/b'].filter((tool) => matchAction(pattern, 'u', tool)));
}

describe('action patterns', () => {
  it.each(['*', 'a/b', '*/*', 'files/read_*', 'files/*_file', 'f*s/re*ad', 'a/b/c', 'a/*/c'])(
    'reads %s',
    (text) => {
      expect(isActionPattern(text)).toBe(true);
    },
  );

  it.each([
    '',
    'a',
    'a/',
    '/b',
    'a//b',
    '**',
    'a/**',
    'a/*b*',
    'a/b c',
    'a/b\n',
    'a/',
    `a/${'b'.repeat(300)}`,
  ])('refuses %j, which then matches nothing', (text) => {
    expect(isActionPattern(text)).toBe(false);
    expect(matchAction(text, 'a', 'b')).toBe(false);
    expect(isPatternWithin(text, '*')).toBe(false);
    expect(isPatternWithin('a/b', text)).toBe(false);
    expect(intersectPatterns(text, '*')).toEqual([]);
    expect(intersectPatterns('*', text)).toEqual([]);
  });

  it.each<[string, string, string, boolean]>([
    ['*', 'u', 'x/y', true],
    ['*/*', 'u', 'x', true],
    ['*/*', 'u', 'x/y', false],
    ['u/read_*', 'u', 'read_', true],
    ['u/read_*', 'u', 'read_file', true],
    ['u/read_*', 'u', 'READ_file', false],
    ['u/read_*', 'v', 'read_file', false],
    ['u/read_*', 'u', 'read_a/../write', false],
    ['u/a*a', 'u', 'a', false],
    ['u/a*a', 'u', 'aa', true],
    ['u/a.c', 'u', 'abc', false],
    ['u/pay', 'u', '*', false],
  ])('%s on %s and %s: %s', (pattern, upstream, tool, matches) => {
    expect(matchAction(pattern, upstream, tool)).toBe(matches);
  });

  it('contains exactly when every action of the one is one of the other', () => {
    fc.assert(
      fc.property(patterns, patterns, (part, whole) => {
        const inner = matchAll(part);
        if (isPatternWithin(part, whole)) expect(inner.isSubsetOf(matchAll(whole))).toBe(true);
        else if (
          part.startsWith('u/') &&
          part.split('/').length === 2 &&
          whole.startsWith('u/') &&
          inner.size > 0
        ) {
          // A pattern's literals are shorter than the longest listed names, so names tell every difference.
          expect(inner.isSubsetOf(matchAll(whole))).toBe(part === whole);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('intersects exactly', () => {
    fc.assert(
      fc.property(patterns, patterns, (a, b) => {
        const both = intersectPatterns(a, b);
        const matched = new Set(both.flatMap((pattern) => [...matchAll(pattern)]));
        expect(matched).toEqual(matchAll(a).intersection(matchAll(b)));
        for (const pattern of both) {
          expect(isPatternWithin(pattern, a)).toBe(true);
          expect(isPatternWithin(pattern, b)).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps the texts in which a prefix and a suffix overlap', () => {
    expect(intersectPatterns('u/ab*', 'u/*bc')).toEqual(['u/ab*bc', 'u/abc']);
    expect(intersectPatterns('u/a*', 'u/b*')).toEqual([]);
    expect(intersectPatterns('u/a', 'u/b')).toEqual([]);
    expect(intersectPatterns('*/a', 'u/*')).toEqual(['u/a']);
  });

  it('drops patterns that others cover, and doubles', () => {
    expect(dropCoveredPatterns(['u/a', 'u/*', 'v/b', 'v/b'])).toEqual(['u/*', 'v/b']);
  });
});
