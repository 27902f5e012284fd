import type { Atom } from '../atoms/atom.ts';
import { listAtoms } from '../atoms/list-atoms.ts';
import type { OriginMask } from '../origin.ts';
import type { Seen } from '../seen/seen.ts';
import { foldText } from '../text/fold-text.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { Tokens } from '../text/tokens.ts';

const tokens = new Tokens();

/** Longer values are cut: what is beyond is not looked for. */
export const LONGEST_VALUE = 16_384;

/** The origins in which the whole of a value was seen, as an atom or word for word. */
export function findWhole(seen: Seen, given: string): OriginMask {
  if (given.length > LONGEST_VALUE) return 0;
  const text = foldText(given);
  scanTokens(text, tokens);
  return findTokens(seen, text, tokens, listAtoms(text, tokens), 0, tokens.count - 1);
}

/** Of the tokens from `first` to `last`. */
export function findTokens(
  seen: Seen,
  text: string,
  scanned: Tokens,
  atoms: readonly Atom[],
  first: number,
  last: number,
): OriginMask {
  if (last < first) return 0;
  let mask = 0;
  const words: number[] = [];
  for (const half of [seen.proven, seen.unproven]) {
    words.length = 0;
    for (let index = first; index <= last; index++) {
      words.push(half.findEntry(text, scanned.from(index), scanned.to(index)));
    }
    mask |= half.findSequence(words);
  }
  const inside = atoms.filter((atom) => atom.first >= first && atom.last <= last);
  const [only] = inside;
  if (only === undefined || inside.length > 1 || only.first !== first || only.last !== last) return mask;
  return mask | findAtom(seen, only);
}

export function findAtom(seen: Seen, { forms }: Atom): OriginMask {
  let mask = 0;
  for (const form of forms) mask |= seen.proven.maskOf(form) | seen.unproven.maskOf(form);
  return mask;
}
