import { decodeBase64 } from './decode-base64.ts';
import { decodeEntities } from './decode-entities.ts';
import { decodeEscapes } from './decode-escapes.ts';
import { decodeHex } from './decode-hex.ts';
import { decodePercent } from './decode-percent.ts';
import { decodeQuotedPrintable } from './decode-quoted-printable.ts';
import { decodeTags } from './decode-tags.ts';

const MOST_LAYERS = 3;
const MOST_DECODED = 32;
const MOST_RUNS = 16;
const LEAST_RUN = 8;
const LONGEST_WORD = 24;
/** Digits alone that are longer may be letters in hexadecimal. */
const LONGEST_NUMBER = 12;
const SPELLINGS = [decodePercent, decodeEntities, decodeEscapes, decodeQuotedPrintable, decodeTags];

/**
 * What a text says to whoever decodes it, up to three layers deep; without the text itself. Only ever used to find where
 * something bad came from: what has to be decoded to be good is not what the person wrote.
 */
export function listDecoded(text: string): readonly string[] {
  const found = new Set<string>();
  let layer = [text];
  for (let depth = 0; depth < MOST_LAYERS && layer.length > 0; depth++) {
    const next = layer.flatMap(decodeOnce).filter((one) => one !== text && !found.has(one));
    layer = next.slice(0, MOST_DECODED - found.size);
    for (const one of layer) found.add(one);
  }
  return [...found];
}

function decodeOnce(text: string): readonly string[] {
  const whole = SPELLINGS.flatMap((decode) => decode(text) ?? []);
  const runs = listRuns(text).flatMap((run) => [decodeHex(run) ?? [], decodeBase64(run) ?? []].flat());
  return [...whole, ...runs];
}

/** Runs of the alphabets of base64 and of hexadecimal digits, long enough to say something. */
function listRuns(text: string): readonly string[] {
  const runs: string[] = [];
  let from = 0;
  let isWord = true;
  let hasLetter = false;
  for (let at = 0; at <= text.length; at++) {
    const kind = at < text.length ? (ENCODED[text.charCodeAt(at)] ?? 0) : 0;
    if (kind !== 0) {
      if (kind !== DIGIT) hasLetter = true;
      // A capital only begins a word.
      if (kind !== SMALL && at > from) isWord = false;
      continue;
    }
    const length = at - from;
    const isPlain = (isWord && length < LONGEST_WORD) || (!hasLetter && length < LONGEST_NUMBER);
    if (length >= LEAST_RUN && !isPlain && runs.length < MOST_RUNS) {
      runs.push(text.slice(from, at));
    }
    from = at + 1;
    isWord = true;
    hasLetter = false;
  }
  return runs;
}

/** What the alphabets consist of. Dashes count as digits: dates are full of both. */
const SMALL = 1;
const DIGIT = 2;
const OTHER = 3;
const ENCODED = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const sign = String.fromCharCode(unit);
  ENCODED[unit] = /[a-z]/.test(sign)
    ? SMALL
    : /[0-9-]/.test(sign)
      ? DIGIT
      : /[A-Z+/=_]/.test(sign)
        ? OTHER
        : 0;
}
