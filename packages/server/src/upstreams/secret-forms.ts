/** Finds a secret in text however an upstream may have spelled it; `find` is stateless. */
export interface SecretPattern {
  isIn(text: string): boolean;
  /** Puts `mark` in the place of every spelling. */
  replace(text: string, mark: string): { readonly text: string; readonly count: number };
}

/**
 * Matches the values as they are, reversed, in base64 and base64url (at any alignment inside a longer text), in
 * hexadecimal, and with any of their characters escaped for URLs, JSON or HTML. Takes time linear in the text: the
 * spellings are literals apart from a few fixed alternatives for each character. Undefined without any value.
 */
export function createSecretPattern(values: readonly string[]): SecretPattern | undefined {
  const secrets = [...new Set(values)].filter((value) => value.length > 0);
  if (secrets.length === 0) return undefined;
  const spellings = secrets.flatMap(listSpellings);
  const needles = secrets.flatMap(listNeedles);
  // Most text holds no secret: a few plain searches tell so at a tenth of the cost.
  const mayHold = (text: string) => escapes.test(text) || needles.some((needle) => text.includes(needle));
  const find = new RegExp(spellings.join('|'), 'u');
  const findAll = new RegExp(find.source, 'gu');
  return {
    isIn: (text) => mayHold(text) && find.test(text),
    replace(text, mark) {
      let count = 0;
      const replaced = text.replace(findAll, () => {
        count++;
        return mark;
      });
      return { text: replaced, count };
    },
  };
}

const escapes = /[%\\&]/;

/** One of these is in every text that holds a spelling without escapes. */
function listNeedles(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const runs = listBase64Cores(bytes).map((core) =>
    core.split(/[+/]/).reduce((a, b) => (b.length > a.length ? b : a)),
  );
  return [value, [...value].reverse().join(''), hex, hex.toUpperCase(), ...runs];
}

// Alternatives for every character of a longer one, such as a private key, would make the expression huge.
const longestSpelled = 512;
// Shorter pieces of a base64 text would match by chance.
const shortestBase64 = 8;

function listSpellings(value: string): string[] {
  const bytes = Buffer.from(value);
  const reversed = [...value].reverse().join('');
  const hex = bytes.toString('hex');
  return [
    value.length <= longestSpelled ? [...value].map(spellCharacter).join('') : escapeLiteral(value),
    escapeLiteral(reversed),
    hex,
    hex.toUpperCase(),
    ...listBase64Spellings(bytes),
  ];
}

/** A character as itself or escaped: %xx, \uxxxx, \x, &#n; or &#xn; */
function spellCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const percent = [...Buffer.from(character).toString('hex')]
    .map((digit, i) => (i % 2 === 0 ? '%' : '') + foldCase(digit))
    .join('');
  const units = Array.from({ length: character.length }, (_, i) => spellHex(character.charCodeAt(i), 4));
  const spelled = [
    escapeLiteral(character),
    percent,
    units.map((unit) => `\\\\u${unit}`).join(''),
    `&#0*${code};`,
    `&#[xX]0*${spellHex(code, 1)};`,
  ];
  if ('"\\/'.includes(character)) spelled.push(`\\\\${escapeLiteral(character)}`);
  return `(?:${spelled.join('|')})`;
}

function listBase64Spellings(bytes: Buffer): string[] {
  return listBase64Cores(bytes).map((core) =>
    [...core]
      .map((letter) => (letter === '+' ? '[+\\-]' : letter === '/' ? '(?:\\\\?/|_)' : letter))
      .join(''),
  );
}

/** What the bytes look like inside a base64 text at each of the three alignments, without the letters they share. */
function listBase64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const letters = padded.toString('base64').replaceAll('=', '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const own = letters.slice(first, last);
    return own.length < shortestBase64 ? [] : [own];
  });
}

function spellHex(code: number, digits: number): string {
  return [...code.toString(16).padStart(digits, '0')].map(foldCase).join('');
}

function foldCase(digit: string): string {
  return digit >= 'a' && digit <= 'f' ? `[${digit}${digit.toUpperCase()}]` : digit;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}
