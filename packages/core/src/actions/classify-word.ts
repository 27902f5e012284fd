import type { RenderFlag } from './classify-character.ts';

/** Scripts whose letters are mistaken for one another; a word of two of them is suspect. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Coptic', /\p{Script=Coptic}/u],
  ['Georgian', /\p{Script=Georgian}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Lisu', /\p{Script=Lisu}/u],
  ['Thai', /\p{Script=Thai}/u],
  // Chinese, Japanese and Korean mix these with one another, and with Latin, within a word.
  [
    'East Asian',
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u,
  ],
];

/** Cyrillic and Greek letters that look like Latin ones: a word of nothing else reads as Latin. */
const LATIN_LOOKALIKES =
  /^[\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u04bb\u04cf\u0475\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u051a\u051c\u0474\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03b9\u03c1\u03c5\u03b1\u03f2\u03f3\d_]+$/u;
const HAS_LETTER = /\p{L}/u;
const ASCII_WORD = /^[A-Za-z0-9_]*$/;

/** The flag of a run of letters, marks, digits and underscores. */
export function classifyWord(word: string): RenderFlag | undefined {
  if (ASCII_WORD.test(word)) return undefined;
  const scripts = new Set<string>();
  for (const character of word) {
    if (!HAS_LETTER.test(character)) continue;
    scripts.add(SCRIPTS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'another');
  }
  if (scripts.has('East Asian')) scripts.delete('Latin');
  if (scripts.size > 1) return 'mixed_script';
  return scripts.size === 1 && LATIN_LOOKALIKES.test(word) ? 'confusable' : undefined;
}
