import { listAtoms } from '../atoms/list-atoms.ts';
import { bestBit, type OriginMask, toMask } from '../origin.ts';
import type { Seen } from '../seen/seen.ts';
import type { SeenText } from '../seen/seen-text.ts';
import { foldText } from '../text/fold-text.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { Tokens } from '../text/tokens.ts';
import { findAtom, findTokens, LONGEST_VALUE } from './find-whole.ts';
import { traceUnproven } from './trace-unproven.ts';

/** Words in a row that nobody writes again by chance. */
const COPIED_WORDS = 5;
/** Of a text: from one part in this many on, it counts as copied. */
const COPIED_SHARE = 4;
const NAMING = new Set(['address', 'url', 'host', 'account']);
const UNTRUSTED = toMask('untrusted');
const tokens = new Tokens();

/**
 * Where a text that says something came from. Its words are the model's own unless they were seen word for word; the
 * addresses and accounts in it are traced each.
 */
export function traceProse(seen: Seen, given: string): OriginMask {
  const text = foldText(given.length > LONGEST_VALUE ? given.slice(0, LONGEST_VALUE) : given);
  scanTokens(text, tokens);
  const atoms = listAtoms(text, tokens);
  const isCut = given.length > LONGEST_VALUE;
  const whole = isCut ? 0 : findTokens(seen, text, tokens, atoms, 0, tokens.count - 1);
  if (whole !== 0) return bestBit(whole);
  let mask = isCopied(seen, text) ? UNTRUSTED : unknownTo(seen);
  for (const atom of atoms) {
    if (!NAMING.has(atom.kind)) continue;
    const found = findAtom(seen, atom);
    const part = text.slice(tokens.from(atom.first), tokens.to(atom.last));
    mask |= found === 0 ? traceUnproven(seen, part) : bestBit(found);
  }
  return isCut ? mask | unknownTo(seen) : mask;
}

function unknownTo(seen: Seen): OriginMask {
  return toMask(seen.isComplete ? 'model' : 'untrusted');
}

/** By rows of words that lie side by side: what is copied holds at least one of them whole. */
function isCopied({ proven, unproven }: Seen, text: string): boolean {
  let rows = 0;
  let copied = 0;
  for (let first = 0; first + COPIED_WORDS <= tokens.count; first += COPIED_WORDS) {
    rows++;
    if (holdsRow(unproven, text, first) && !holdsRow(proven, text, first)) copied++;
  }
  return copied > 1 || (copied === 1 && copied * COPIED_SHARE >= rows);
}

function holdsRow(half: SeenText, text: string, first: number): boolean {
  const words: number[] = [];
  for (let index = first; index < first + COPIED_WORDS; index++) {
    const word = half.findEntry(text, tokens.from(index), tokens.to(index));
    if (word < 0) return false;
    words.push(word);
  }
  return half.findSequence(words) !== 0;
}
