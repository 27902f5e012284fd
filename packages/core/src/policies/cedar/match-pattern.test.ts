import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './match-pattern.ts';
import type { CedarPatternJson } from './policy-json.ts';

const pattern = (text: string): CedarPatternJson =>
  [...text].map((one) => (one === '*' ? 'Wildcard' : { Literal: one }));

/** By definition, one character after the other. */
function matchesSlowly(parts: CedarPatternJson, text: string): boolean {
  const [first, ...rest] = parts;
  if (first === undefined) return text === '';
  if (first !== 'Wildcard')
    return text.startsWith(first.Literal) && matchesSlowly(rest, text.slice(first.Literal.length));
  return Array.from({ length: text.length + 1 }, (_, at) => at).some((at) =>
    matchesSlowly(rest, text.slice(at)),
  );
}

describe('like', () => {
  it('matches as its definition says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1F600}'), maxLength: 8 });
    const parts = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\u{1F600}'), maxLength: 7 }).map(pattern);
    fc.assert(
      fc.property(parts, text, (one, other) => compilePattern(one)(other) === matchesSlowly(one, other)),
      { numRuns: 5_000 },
    );
  });

  it('finds long parts as short ones', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 17, maxLength: 24 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
    fc.assert(
      fc.property(part, text, text, fc.boolean(), (middle, before, after, isInside) => {
        const whole = isInside ? before + middle + after : before + after;
        return compilePattern(pattern(`*${middle}*`))(whole) === whole.includes(middle);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['many wildcards', `${'*a'.repeat(2_000)}*b`, 'a'.repeat(200_000)],
    ['a part that nearly repeats', `*${'a'.repeat(20_000)}b*`, 'a'.repeat(200_000)],
    ['a part that ends as it begins', `*b${'a'.repeat(20_000)}*`, 'a'.repeat(200_000)],
    ['many parts that nearly fit', `${`*${'a'.repeat(15)}b`.repeat(500)}*`, 'a'.repeat(200_000)],
  ])('takes no long time: %s', (_name, text, hostile) => {
    const matches = compilePattern(pattern(text));
    const begun = performance.now();
    expect(matches(hostile)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
