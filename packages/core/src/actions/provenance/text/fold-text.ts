const BEYOND_ASCII = /[\u0080-\uffff]/;
const TYPOGRAPHY =
  /[\u2018-\u201f\u02bc\u00ab\u00bb\u2010-\u2015\u2212\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000-\u3002\uff01-\uff5e]/g;

/** Such a text has one form only, but for case. */
function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/**
 * The form in which texts are compared where a match makes a value good: case, canonical equivalence (NFC) and the
 * typesetter's quotes, dashes and blanks do not count. Everything else does, look-alikes and hidden characters too.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.normalize('NFC').replace(TYPOGRAPHY, setPlainly).toLowerCase();
}

/** The same without hidden characters and with compatibility forms resolved (NFKC); undefined when nothing changes. */
export function foldHidden(text: string): string | undefined {
  if (isAscii(text)) return undefined;
  const folded = foldText(stripHidden(text).normalize('NFKC'));
  return folded === foldText(text) ? undefined : folded;
}

/** What a reader takes a text for: also without marks, and with the letters that other scripts' letters look like. */
export function foldLoosely(text: string): string | undefined {
  if (isAscii(text)) return undefined;
  const bare = foldText(stripHidden(text).normalize('NFKD').replace(/\p{M}/gu, ''));
  const loose = bare.replace(
    /[\u0370-\u058f\u0131\u0251\u0261\u2c00-\ua7ff]/g,
    (unit) => LOOKS_LIKE.get(unit) ?? unit,
  );
  return loose === foldText(text) ? undefined : loose;
}

/** Without what has no look of its own: zero-width and bidirectional controls, variation selectors, tag characters. */
function stripHidden(text: string): string {
  return text.replace(/\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu, '');
}

function setPlainly(unit: string): string {
  const code = unit.charCodeAt(0);
  // Fullwidth letters and digits are other characters; fullwidth punctuation only sets a text apart.
  if (code >= 0xff01) {
    const plain = String.fromCharCode(code - 0xfee0);
    return /[\w@.\-/+%]/.test(plain) ? unit : plain;
  }
  if (code === 0x3001) return ',';
  if (code === 0x3002) return '.';
  if (code >= 0x2018 && code <= 0x201b) return "'";
  if (code === 0x02bc) return "'";
  if ((code >= 0x201c && code <= 0x201f) || code === 0xab || code === 0xbb) return '"';
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-';
  return ' ';
}

const LOOKS_LIKE = pairUp(
  'авеёкмнорстухіїјѕһԁԛԝьгпѵєзбαβγεηικνορτυχωσϲϳօսոհցɑɡı',
  'abeekmhopctyxiijshdqwbrnvesbabyenikvoptuxwocjounhgagi',
);

function pairUp(from: string, to: string): ReadonlyMap<string, string> {
  return new Map([...from].map((unit, index) => [unit, to[index] ?? unit]));
}
