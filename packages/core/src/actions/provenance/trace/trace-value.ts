import type { Atom } from '../atoms/atom.ts';
import { listAtoms } from '../atoms/list-atoms.ts';
import { bestBit, type OriginMask, toMask } from '../origin.ts';
import type { Seen } from '../seen/seen.ts';
import { foldText } from '../text/fold-text.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { SYMBOL } from '../text/token-kinds.ts';
import { Tokens } from '../text/tokens.ts';
import { findAtom, findTokens, LONGEST_VALUE } from './find-whole.ts';
import { traceUnproven } from './trace-unproven.ts';

const MODEL = toMask('model');
const SEPARATOR = /[,;\n\r()[\]{}"]/;
const tokens = new Tokens();
/** Nobody names more at once: each is held against all others, so that more would take ever longer. */
const MOST_PARTS = 256;

/**
 * Where a value that names something came from. Several values in one, such as a list of addresses, are traced each: a
 * name that was asked for does not carry an address that was not.
 */
export function traceValue(seen: Seen, given: string): OriginMask {
  const text = foldText(given.length > LONGEST_VALUE ? given.slice(0, LONGEST_VALUE) : given);
  scanTokens(text, tokens);
  const atoms = listAtoms(text, tokens);
  let mask = findTokens(seen, text, tokens, atoms, 0, tokens.count - 1);
  // What was looked at is not all of it.
  if (given.length > LONGEST_VALUE) return bestBit(mask) | traceUnproven(seen, '');
  if (mask !== 0) return bestBit(mask);
  if (tokens.count === 0) return traceUnproven(seen, given);
  if (atoms.length > MOST_PARTS) return traceUnproven(seen, '');
  const parts = listParts(text, tokens, atoms);
  if (parts.length > MOST_PARTS) return traceUnproven(seen, '');
  if (parts.length < 2 && atoms.length === 0) return traceUnproven(seen, given);
  for (const [first, last] of parts) mask |= tracePart(seen, text, atoms, first, last);
  if ((mask & MODEL) === 0) return mask === 0 ? traceUnproven(seen, given) : mask;
  // An encoding may have signs in it that set its parts apart.
  return (mask & ~MODEL) | traceUnproven(seen, given);
}

type Part = readonly [first: number, last: number];

function tracePart(
  seen: Seen,
  text: string,
  atoms: readonly Atom[],
  first: number,
  last: number,
): OriginMask {
  const whole = findTokens(seen, text, tokens, atoms, first, last);
  if (whole !== 0) return bestBit(whole);
  // What hangs together without a blank is one value, whatever its pieces are.
  if (!isSetApart(text, first, last)) return traceUnproven(seen, sliceTokens(text, first, last));
  const inside = atoms.filter((atom) => atom.first >= first && atom.last <= last);
  let mask = 0;
  let next = first;
  for (const atom of inside) {
    mask |= traceWords(seen, text, inside, next, atom.first - 1);
    const found = findAtom(seen, atom);
    mask |= found === 0 ? traceUnproven(seen, sliceTokens(text, atom.first, atom.last)) : bestBit(found);
    next = atom.last + 1;
  }
  return mask | traceWords(seen, text, inside, next, last);
}

function isSetApart(text: string, first: number, last: number): boolean {
  for (let index = first; index < last; index++) {
    const gap = text.slice(tokens.to(index), tokens.from(index + 1));
    const isSign = tokens.flags(index) === SYMBOL || tokens.flags(index + 1) === SYMBOL;
    if (!isSign && !/\s/.test(gap) && tokens.read(text, index) !== 'mailto') return false;
  }
  return true;
}

/** What stands beside the typed values of a part: the name before an address, the sign of a currency, or more. */
function traceWords(
  seen: Seen,
  text: string,
  atoms: readonly Atom[],
  first: number,
  last: number,
): OriginMask {
  if (last < first) return 0;
  if (first === last && isOrnament(text, first, atoms)) return 0;
  const found = findTokens(seen, text, tokens, [], first, last);
  return found === 0 ? traceUnproven(seen, sliceTokens(text, first, last)) : bestBit(found);
}

function isOrnament(text: string, index: number, atoms: readonly Atom[]): boolean {
  const word = tokens.read(text, index);
  if (tokens.flags(index) === SYMBOL)
    return /^[$£€¥₹]$/.test(word) && atoms.some(({ kind }) => kind === 'number');
  return word === 'and' || word === 'mailto';
}

function sliceTokens(text: string, first: number, last: number): string {
  return text.slice(tokens.from(first), tokens.to(last));
}

/**
 * The items of a list. A name before an address in angle brackets is none: what is sent goes to the address (RFC 5322
 * §3.4), and what the name claims proves nothing.
 */
function listParts(text: string, scanned: Tokens, atoms: readonly Atom[]): readonly Part[] {
  const parts: Part[] = [];
  let first = 0;
  let isOpen = false;
  const end = (last: number) => {
    if (first <= last) parts.push([first, last]);
  };
  const opensAddress = (index: number) =>
    scanned.read(text, index) === '<' &&
    atoms.some(({ kind, first: at }) => kind === 'address' && at === index + 1);
  for (let index = 0; index < scanned.count; index++) {
    const next = index + 1 < scanned.count ? scanned.from(index + 1) : text.length;
    const gap = text.slice(scanned.to(index), next);
    if (opensAddress(index)) {
      if (atoms.some((atom) => atom.first >= first && atom.last < index)) end(index - 1);
      isOpen = true;
      first = index + 1;
    } else if (isOpen && scanned.read(text, index) === '>') {
      end(index - 1);
      isOpen = false;
      first = index + 1;
    } else if (SEPARATOR.test(gap) && !(opensAddress(index + 1) && /^[" ]*$/.test(gap))) {
      end(index);
      first = index + 1;
    }
  }
  end(scanned.count - 1);
  return parts;
}
