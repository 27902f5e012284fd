import type { Atom } from '../atoms/atom.ts';
import { listAtoms } from '../atoms/list-atoms.ts';
import { readMailbox } from '../atoms/read-address.ts';
import { listDecoded } from '../decodings/list-decoded.ts';
import { reverse, rotate13 } from '../decodings/mirror.ts';
import { type OriginMask, toMask } from '../origin.ts';
import type { Seen } from '../seen/seen.ts';
import type { SeenText } from '../seen/seen-text.ts';
import { foldHidden, foldLoosely, foldText } from '../text/fold-text.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { Tokens } from '../text/tokens.ts';
import { LONGEST_VALUE } from './find-whole.ts';
import { listTellingPieces } from './trace-unproven.ts';

export interface FoundSource {
  readonly source: number;
  /** Every origin in which what it taught was seen, whoever taught it. */
  readonly mask: OriginMask;
}

/** Words in a row that nobody writes again by chance. */
const ROW = 5;
const MOST_ROWS = 64;
/** Of the same words; a place that a flood pushed far back is found by the value's own entry. */
const MOST_EARLIER = 3;
const LONGEST_REWRITTEN = 512;
/** What has no letters is written one way, but for its signs. */
const WRITTEN = /\p{L}/u;
const UNTRUSTED = toMask('untrusted');
const NAMING: ReadonlySet<Atom['kind']> = new Set(['address', 'url', 'host', 'account']);
const tokens = new Tokens();

type Found = Map<number, OriginMask>;

/**
 * What taught a value: where the whole of it was seen; failing that, where its addresses and rows of its words were;
 * failing that too, where untrusted text had it written another way. Bounded in time, whatever is given.
 */
export function findSources(seen: Seen, given: string): readonly FoundSource[] {
  const text = foldText(given.slice(0, LONGEST_VALUE));
  const found: Found = new Map();
  noteWhole(seen, text, found);
  if (found.size === 0) noteParts(seen, text, found);
  if (found.size === 0 && WRITTEN.test(text)) noteRewritten(seen, given.slice(0, LONGEST_REWRITTEN), found);
  return [...found].map(([source, mask]) => ({ source, mask }));
}

function noteWhole(seen: Seen, text: string, found: Found): void {
  scanTokens(text, tokens);
  const [only, ...others] = listAtoms(text, tokens);
  if (only !== undefined && others.length === 0 && only.first === 0 && only.last === tokens.count - 1)
    noteForms(seen, only.forms, found);
  noteWords(seen, text, 0, tokens.count, found);
}

function noteParts(seen: Seen, text: string, found: Found): void {
  scanTokens(text, tokens);
  for (const atom of listAtoms(text, tokens)) {
    if (NAMING.has(atom.kind)) noteForms(seen, atom.forms, found);
  }
  const end = Math.min(tokens.count, ROW * MOST_ROWS);
  for (let first = 0; first + ROW <= end; first += ROW) noteWords(seen, text, first, first + ROW, found);
}

function noteRewritten({ proven, unproven }: Seen, given: string, found: Found): void {
  const note = (form: string) => unproven.visitSources(form, (source) => add(found, source, UNTRUSTED));
  const at = given.indexOf('@');
  if (at > 0) note(`mailbox:${readMailbox(foldText(given))}`);
  const looks = [foldHidden(given), foldLoosely(given), ...listDecoded(given).map(foldText)];
  const mirrored = [rotate13(given), reverse(given)].map(foldText);
  for (const look of [foldText(given), ...looks, ...mirrored]) {
    if (look === undefined) continue;
    scanTokens(look, tokens);
    for (const { forms, gives } of listAtoms(look, tokens))
      for (const form of [...forms, ...gives]) note(form);
    for (const piece of listTellingPieces(look, proven)) note(piece);
    if (found.size > 0) return;
  }
}

function noteWords(seen: Seen, text: string, first: number, end: number, found: Found): void {
  for (const half of [seen.proven, seen.unproven]) {
    const words: number[] = [];
    for (let index = first; index < end; index++) {
      const word = half.findEntry(text, tokens.from(index), tokens.to(index));
      if (word < 0) break;
      words.push(word);
    }
    if (words.length < end - first || words.length === 0) continue;
    const from = new Set<number>();
    const mask = half.findSequence(words, (source) => from.add(source));
    const [latest = 0, ...earlier] = from;
    for (const source of [...earlier.slice(-MOST_EARLIER), latest]) add(found, source, mask);
  }
}

function noteForms(seen: Seen, forms: readonly string[], found: Found): void {
  for (const form of forms) {
    noteForm(seen.proven, form, found);
    noteForm(seen.unproven, form, found);
  }
}

function noteForm(half: SeenText, form: string, found: Found): void {
  half.visitSources(form, (source) => add(found, source, half.maskOf(form)));
}

function add(found: Found, source: number, mask: OriginMask): void {
  if (source > 0 && mask !== 0) found.set(source, (found.get(source) ?? 0) | mask);
}
