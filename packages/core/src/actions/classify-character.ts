/** Why a piece of text may not look like what it is. */
export type RenderFlag =
  | 'newline'
  | 'tab'
  | 'control'
  | 'bidi'
  | 'zero_width'
  | 'tag'
  | 'variation'
  | 'space'
  | 'combining'
  | 'private_use'
  | 'unassigned'
  | 'lone_surrogate'
  | 'confusable'
  | 'mixed_script'
  | 'punycode';

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const TAG = /[\u{e0000}-\u{e007f}]/u;
const VARIATION = /\p{Variation_Selector}/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const CONTROL = /[\p{Cc}\p{Cf}]/u;
const SPACE = /[\p{Zs}\p{Zl}\p{Zp}\u2800]/u;
const PRIVATE_USE = /\p{Co}/u;
const UNASSIGNED = /\p{Cn}/u;
const LONE_SURROGATE = /\p{Cs}/u;
/** Marks that strike through, enclose or cover the letter before them. */
const OVERLAY = /\p{Me}|[\u0334-\u0338]|[\u20d2\u20d3\u20d8-\u20da\u20e5-\u20e8\u20eb]/u;
const MARK = /\p{M}/u;
/** Punctuation that is easily read as another, which decides what a path, a host or a command means. */
const LOOKALIKE_PUNCTUATION =
  /[\u01c0\u01c3\u037e\u0589\u05c0\u05c3\u0701-\u0704\u1804\u2010-\u2012\u2024\u2025\u2044\u2215\u2216\u2236\u2212\u223c\u2223\u29f5\u29f8\u29f9\u2e3a\u2e3b\ua789\ufe68\u02d0\u02f8\u00b8\u201a\u2039\u203a\u2032\u02b9\u02bc\u02bb\u02c8\u055a\u05f3\u05f4\u2033]/u;

const FORMATS: readonly (readonly [RegExp, RenderFlag])[] = [
  [BIDI, 'bidi'],
  [TAG, 'tag'],
  [VARIATION, 'variation'],
  [INVISIBLE, 'zero_width'],
  [CONTROL, 'control'],
  [SPACE, 'space'],
  [PRIVATE_USE, 'private_use'],
  [UNASSIGNED, 'unassigned'],
  [LONE_SURROGATE, 'lone_surrogate'],
  [OVERLAY, 'combining'],
];

/** The flag of one code point on its own, if any; what only words or neighbours show is not seen here. */
export function classifyCharacter(character: string): RenderFlag | undefined {
  const code = character.charCodeAt(0);
  if (character.length === 1 && code >= 0x20 && code < 0x7f) return undefined;
  if (character === '\n') return 'newline';
  if (character === '\t') return 'tab';
  for (const [pattern, flag] of FORMATS) if (pattern.test(character)) return flag;
  if (MARK.test(character)) return undefined;
  return isCompatibilityForm(character) || LOOKALIKE_PUNCTUATION.test(character) ? 'confusable' : undefined;
}

export function isMark(character: string): boolean {
  return character >= '\u0300' && MARK.test(character);
}

/** Fullwidth, mathematical and other forms which some reader may take for plain ASCII. */
function isCompatibilityForm(character: string): boolean {
  const plain = character.normalize('NFKC');
  return plain !== character && /^[\x20-\x7e]+$/.test(plain);
}
