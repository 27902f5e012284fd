import { describe, expect, test } from 'vitest';
import { writeHonestJson } from './honest-json.ts';
import { showHonestly, showLines } from './honest-text.ts';

describe('text of others in a terminal', () => {
  test.each([
    ['plain text, Zürich 1,000 €', 'plain text, Zürich 1,000 €'],
    ['\u001b[2J\u001b[1;1Hroot#', '⟨U+001B⟩[2J⟨U+001B⟩[1;1Hroot#'],
    ['pay\u202egnp.exe', 'pay⟨U+202E⟩gnp.exe'],
    ['a\u200bb', 'a⟨U+200B⟩b'],
    ['one\ntwo\r\tthree', 'one\\ntwo⟨U+000D⟩\\tthree'],
    ['\u009b31m', '⟨U+009B⟩31m'],
    ['\ud800', '⟨U+D800⟩'],
  ])('%j cannot act', (given, shown) => {
    expect(showHonestly(given)).toBe(shown);
  });

  test('shows lookalikes with what they are', () => {
    expect(showHonestly('p\u0430ypal')).toContain('U+0430');
  });

  test('marks every line, so that none can pass for one of ours', () => {
    expect(showLines('one\nerror: two\u0007')).toBe('│ one\n│ error: two⟨U+0007⟩');
  });

  test('JSON for terminals escapes what a terminal acts on and parses to the same', () => {
    const value = { text: '\u009b\u202e\u200b\u2028\u{e0041}\ufeff é 漢 "', list: [1, null, true] };
    const text = writeHonestJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\u0020-\u007e\u00a1-\u00ff漢]+$/);
  });
});
