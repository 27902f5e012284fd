import { expect, it } from 'vitest';
import { toPdfText } from './render-pdf.ts';

it('writes what the fonts of a PDF cannot show as its code point', () => {
  expect(toPdfText('DE89\u202e3704 \u0430\u0000 “é”')).toBe('DE89\\u{202e}3704 \\u{430}\\u{0} “é”');
});

it('breaks words that would take the square of their length, and counts what it cuts off', () => {
  const shown = toPdfText('L'.repeat(100_000));
  expect(shown.length).toBeLessThan(4_200);
  expect(Math.max(...shown.split(' ').map((word) => word.length))).toBe(200);
  expect(shown).toContain('(and 96000 characters more)');
});
