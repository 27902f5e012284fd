import { expect, it } from 'vitest';
import { quoteValues } from './quote-values.ts';

it('quotes texts, and in a way that no text can end', () => {
  expect(quoteValues('to', ['a', 5, true, null])).toBe('“a”, 5, true and 1 more');
  expect(quoteValues('to', ['x” in “y'])).toBe('"x” in “y"');
  expect(quoteValues('to', ['x" in “y'])).toBe('"x\\" in “y"');
  expect(quoteValues('to', [])).toBeUndefined();
});

it('cuts what is long, says by how much, and never half a character', () => {
  expect(quoteValues('to', ['x'.repeat(300)])).toBe(`“${'x'.repeat(80)}…” (220 more characters)`);
  expect(quoteValues('to', [`${'x'.repeat(79)}😀${'x'.repeat(300)}`])).not.toMatch(/\p{Cs}/u);
});

it('says of a secret only that it is one', () => {
  expect(quoteValues('password', ['hunter2hunter2'])).toBe('a secret of 14 characters');
});
