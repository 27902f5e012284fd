import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameCodePoint, type RenderFlag, renderHonestly } from './render.ts';

function readFlags(text: string): (RenderFlag | undefined)[] {
  return renderHonestly(text).segments.map((segment) => segment.flag);
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'pay',
        ' ',
        '\u202e',
        '\u200b',
        'а',
        'xn--a',
        '.',
        '\u0301',
        '\ud800',
        '\u{e0041}',
        '\n',
        '日',
      ),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

describe('renderHonestly', () => {
  it.each<[string, string, RenderFlag, string]>([
    ['NUL', 'a\u0000b', 'control', '\u0000'],
    ['escape sequences', '\u001b[2J', 'control', '\u001b'],
    ['a lone carriage return', 'rm -rf /\rls', 'control', '\r'],
    ['DEL', 'a\u007f', 'control', '\u007f'],
    ['C1', 'a\u009b', 'control', '\u009b'],
    ['interlinear annotation', 'a\ufff9', 'control', '\ufff9'],
    ['right-to-left override', 'cod\u202egnp.exe', 'bidi', '\u202e'],
    ['isolates', 'a\u2066b', 'bidi', '\u2066'],
    ['the right-to-left mark', 'a\u200fb', 'bidi', '\u200f'],
    ['zero width space', 'pay\u200bpal', 'zero_width', '\u200b'],
    ['word joiner', 'a\u2060b', 'zero_width', '\u2060'],
    ['byte order mark', 'a\ufeffb', 'zero_width', '\ufeff'],
    ['soft hyphen', 'a\u00adb', 'zero_width', '\u00ad'],
    ['Hangul filler', 'a\u3164b', 'zero_width', '\u3164'],
    ['TAG letters', 'ok\u{e0068}\u{e0069}', 'tag', '\u{e0068}\u{e0069}'],
    ['variation selectors', 'a\u{e0100}\ufe0f', 'variation', '\u{e0100}\ufe0f'],
    ['no-break space', 'a\u00a0b', 'space', '\u00a0'],
    ['ideographic space', 'a\u3000b', 'space', '\u3000'],
    ['line separator', 'a\u2028b', 'space', '\u2028'],
    ['braille blank', 'a\u2800b', 'space', '\u2800'],
    ['stacked marks', 'a\u0301\u0302\u0303\u0304b', 'combining', '\u0303\u0304'],
    ['strike-through marks', 'a\u0336b', 'combining', '\u0336'],
    ['private use', 'a\ue000b', 'private_use', '\ue000'],
    ['noncharacters', 'a\uffffb', 'unassigned', '\uffff'],
    ['a lone surrogate', 'a\ud800b', 'lone_surrogate', '\ud800'],
    ['fullwidth letters', 'a ｒｍ', 'confusable', 'ｒｍ'],
    ['mathematical letters', '𝐩𝐚𝐲 a', 'confusable', '𝐩𝐚𝐲'],
    ['a slash that is none', 'a∕b', 'confusable', '∕'],
    ['a semicolon that is none', 'a\u037eb', 'confusable', '\u037e'],
    ['a Cyrillic word that reads as Latin', 'to \u0440\u0430\u0443 now', 'confusable', '\u0440\u0430\u0443'],
    ['a Greek word that reads as Latin', 'to \u039d\u039f now', 'confusable', '\u039d\u039f'],
    ['Cyrillic within a Latin word', 'to p\u0430ypal', 'mixed_script', 'p\u0430ypal'],
    ['two scripts that are not told apart by name', 'ბа', 'mixed_script', 'ბа'],
    ['punycode', 'at https://www.xn--80ak6aa92e.com/', 'punycode', 'xn--80ak6aa92e'],
    ['punycode in capitals', 'XN--80AK.com', 'punycode', 'XN--80AK'],
  ])('sets %s apart', (_, text, flag, piece) => {
    const { segments, suspicious, counts } = renderHonestly(text);
    const flagged = segments.filter((segment) => segment.flag === flag);
    expect(flagged.map((segment) => segment.text)).toEqual([piece]);
    expect(flagged[0]?.codePoints).toEqual(Array.from(piece, nameCodePoint));
    expect(counts[flag]).toBeGreaterThan(0);
    expect(suspicious).toBe(true);
  });

  it.each([
    'plain ASCII, with {"json": [1, 2]} and $PATH/../x',
    'Grüße, señor – naïve café',
    'cafe\u0301 decomposed',
    'Привет, мир',
    'Καλημέρα κόσμε',
    '日本語とEnglishとカタカナ',
    '한국어 텍스트',
    'שלום עולם',
    'नमस्ते दुनिया',
    'good 👍 day',
    '',
  ])('leaves %s alone', (text) => {
    const { segments, suspicious } = renderHonestly(text);
    expect(suspicious).toBe(false);
    expect(segments).toEqual(text === '' ? [] : [{ text, codePoints: [] }]);
  });

  it('marks line ends and tabs without calling them suspicious', () => {
    const { suspicious, counts } = renderHonestly('a\n\n\tb');
    expect(suspicious).toBe(false);
    expect(counts).toEqual({ newline: 2, tab: 1 });
  });

  it('counts words of mixed scripts once and characters each', () => {
    expect(renderHonestly('p\u0430y p\u0430y \u200b\u200b').counts).toEqual({
      mixed_script: 2,
      zero_width: 2,
    });
    expect(readFlags('xn--a.xn--b')).toEqual(['punycode', undefined, 'punycode']);
  });

  it('names code points', () => {
    expect(nameCodePoint('\u{e0041}')).toBe('U+E0041');
    expect(nameCodePoint('a')).toBe('U+0061');
    expect(nameCodePoint('')).toBe('U+0000');
  });

  it('loses nothing: its pieces, joined, are the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { segments } = renderHonestly(text);
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
        for (const segment of segments) {
          expect(segment.text).not.toBe('');
          const points = segment.flag === undefined ? [] : Array.from(segment.text, nameCodePoint);
          expect(segment.codePoints).toEqual(points);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('lets nothing invisible through as plain text', () => {
    const invisible =
      /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      if (!invisible.test(character)) continue;
      expect(readFlags(character), nameCodePoint(character)).not.toContain(undefined);
      // Most of the planes is unassigned; one in 97 of it is enough.
      if (code > 0x20000 && code < 0xe0000) code += 96;
    }
  });

  it('takes linear time on long hostile words', () => {
    const { segments } = renderHonestly(
      `${'pа'.repeat(100_000)}${'xn--'.repeat(20_000)}${'\u0301'.repeat(100_000)}`,
    );
    expect(segments.length).toBeLessThan(10);
  });
});
