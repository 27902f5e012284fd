import { DIGIT, kindOf, LETTER } from './token-kinds.ts';

const LEAST = 3;
const MOST_PIECES = 64;

/** What a value is put together from: its runs of letters and digits, those of three and more. */
export function listPieces(value: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at <= value.length && pieces.length < MOST_PIECES; at++) {
    if ((kindOf(value.charCodeAt(at)) & (LETTER | DIGIT)) !== 0) continue;
    if (at - from >= LEAST) pieces.push(value.slice(from, at));
    from = at + 1;
  }
  return pieces;
}
