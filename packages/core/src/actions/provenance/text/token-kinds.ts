export const LETTER = 1;
export const DIGIT = 2;
export const DOT = 4;
export const AT = 8;
export const SLASH = 16;
export const DASH = 32;
export const COLON = 64;
export const INNER = 128;
export const COMMA = 256;
/** A sign that means something by itself: `id=5` is not `id<5`. */
export const SYMBOL = 512;
/** A letter of a script that is written without blanks: each is a token. */
export const ALONE = 1024;
export const URL_TOKEN = 2048;
/** Begins the query or fragment of an address, and means nothing elsewhere. */
export const QUERY = 4096;

const KINDS = new Uint16Array(128);
for (let unit = 0; unit < 128; unit++) {
  const sign = String.fromCharCode(unit);
  if (/[a-zA-Z_]/.test(sign)) KINDS[unit] = LETTER;
  else if (/[0-9]/.test(sign)) KINDS[unit] = DIGIT;
  else if (/[+~%]/.test(sign)) KINDS[unit] = INNER;
  else if (/[=&|$\\^<>]/.test(sign)) KINDS[unit] = SYMBOL;
  else if (/[?#]/.test(sign)) KINDS[unit] = QUERY;
}
for (const [sign, kind] of [
  ['.', DOT],
  ['@', AT],
  ['/', SLASH],
  ['-', DASH],
  [':', COLON],
  [',', COMMA],
] as const) {
  KINDS[sign.charCodeAt(0)] = kind;
}

/** What a UTF-16 unit is to a token; 0 for what only sets tokens apart. NaN, beyond the end of a text, is 0 too. */
export function kindOf(unit: number): number {
  if (unit < 128) return KINDS[unit] ?? 0;
  return unit >= 128 ? kindOfWide(unit) : 0;
}

function kindOfWide(unit: number): number {
  if (unit < 0xc0)
    return unit >= 0xa2 && unit <= 0xa5
      ? SYMBOL
      : unit === 0xaa || unit === 0xb5 || unit === 0xba
        ? LETTER
        : 0;
  if (unit === 0xd7 || unit === 0xf7) return SYMBOL;
  if (unit < 0xe00) return LETTER;
  // Thai, Lao, Myanmar, Khmer; kana and Han; Hangul is written with blanks.
  if (unit < 0xf00 || (unit >= 0x1000 && unit < 0x10a0) || (unit >= 0x1780 && unit < 0x1800)) return ALONE;
  if (unit >= 0x3040 && unit < 0xa000) return ALONE;
  if (unit >= 0x20a0 && unit < 0x20d0) return SYMBOL;
  return unit >= 0x2020 && unit < 0x2028 ? 0 : LETTER;
}
