import { expect, it } from 'vitest';
import { toPdfText } from './render-pdf.ts';

it('writes what the fonts of a PDF cannot show as its code point', () => {
  expect(toPdfText('DE89\u202e3704 \u0430\u0000 “é”')).toBe('DE89\\u{202e}3704 \\u{430}\\u{0} “é”');
});
