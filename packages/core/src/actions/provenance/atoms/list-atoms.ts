import { DIGIT, LETTER } from '../text/token-kinds.ts';
import type { Tokens } from '../text/tokens.ts';
import type { Atom } from './atom.ts';
import { readSpan } from './read-span.ts';
import { readTokenAtoms } from './read-token-atoms.ts';

/** The typed values of a scanned text, in order; none overlaps another, but for a date and time in one token. */
export function listAtoms(text: string, tokens: Tokens): readonly Atom[] {
  const atoms: Atom[] = [];
  let taken = -1;
  for (let index = 0; index < tokens.count; index++) {
    const flags = tokens.flags(index);
    if (flags === LETTER || index <= taken) continue;
    // Something of several tokens has digits in it, and is more than they are.
    const span = (flags & DIGIT) === 0 ? undefined : readSpan(text, tokens, index);
    if (span !== undefined && span.first > taken) {
      atoms.push(span);
      taken = span.last;
      continue;
    }
    for (const atom of readTokenAtoms(tokens.read(text, index), flags, index)) atoms.push(atom);
  }
  return atoms;
}
