import type { Atom } from '../atoms/atom.ts';
import { listAtoms } from '../atoms/list-atoms.ts';
import { readMailbox } from '../atoms/read-address.ts';
import { readCount } from '../atoms/read-number.ts';
import { type OriginMask, toMask } from '../origin.ts';
import { listPieces } from '../text/list-pieces.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { DIGIT, LETTER } from '../text/token-kinds.ts';
import { Tokens } from '../text/tokens.ts';
import type { SeenText } from './seen-text.ts';

/** Whose numbers a person may have written in words. */
const WORDED = toMask('prompt') | toMask('plan');
const UNPROVEN = toMask('untrusted');
const LONGEST_COUNT = 6;
const tokens = new Tokens();

/**
 * Learns the words of a folded text and its typed values; of untrusted text also the pieces of its values, for whoever
 * puts them together anew. Returns false when not all of it found room.
 */
export function learnText(seen: SeenText, text: string, mask: OriginMask): boolean {
  scanTokens(text, tokens);
  const isUnproven = (mask & UNPROVEN) !== 0;
  const hasCounts = (mask & WORDED) !== 0;
  let fits = true;
  for (let index = 0; fits && index < tokens.count; index++) {
    const from = tokens.from(index);
    const to = tokens.to(index);
    fits = seen.addToken(text, from, to, mask);
    if (isUnproven && (tokens.flags(index) & ~(LETTER | DIGIT)) !== 0) {
      for (const piece of listPieces(text.slice(from, to))) fits = seen.addValue(piece, mask) && fits;
    }
    const count = hasCounts && to - from <= LONGEST_COUNT ? readCount(text.slice(from, to)) : undefined;
    if (count !== undefined) fits = seen.addValue(`number:${count}`, mask) && fits;
  }
  seen.addBreak();
  for (const atom of listAtoms(text, tokens)) fits = learnAtom(seen, text, atom, mask) && fits;
  return fits;
}

function learnAtom(seen: SeenText, text: string, atom: Atom, mask: OriginMask): boolean {
  let fits = true;
  for (const form of atom.forms) fits = seen.addValue(form, mask) && fits;
  for (const form of atom.gives) fits = seen.addValue(form, mask) && fits;
  if (atom.kind !== 'address' || (mask & UNPROVEN) === 0) return fits;
  return seen.addValue(`mailbox:${readMailbox(tokens.read(text, atom.first))}`, mask) && fits;
}
