import { listAtoms } from '../atoms/list-atoms.ts';
import { readMailbox } from '../atoms/read-address.ts';
import { listDecoded } from '../decodings/list-decoded.ts';
import { reverse, rotate13 } from '../decodings/mirror.ts';
import { type OriginMask, toMask } from '../origin.ts';
import type { Seen } from '../seen/seen.ts';
import type { SeenText } from '../seen/seen-text.ts';
import { foldHidden, foldLoosely, foldText } from '../text/fold-text.ts';
import { listPieces } from '../text/list-pieces.ts';
import { scanTokens } from '../text/scan-tokens.ts';
import { Tokens } from '../text/tokens.ts';

const LONGEST = 2048;
/** What is shorter is found anywhere. */
const LEAST_TELLING = 4;
const UNTRUSTED = toMask('untrusted');
const MODEL = toMask('model');
const tokens = new Tokens();

/**
 * Whether a value that was seen nowhere as it is was made of what untrusted text said: written another way, encoded, or
 * put together from pieces. Liberal, as nothing becomes good by it.
 */
export function traceUnproven(seen: Seen, given: string): OriginMask {
  if (!seen.isComplete) return UNTRUSTED;
  const text = given.slice(0, LONGEST);
  if (isPutTogether(seen, foldText(text))) return UNTRUSTED;
  const looks = [foldHidden(text), foldLoosely(text), ...listDecoded(text).map(foldText)];
  const mirrored = [rotate13(text), reverse(text)].map(foldText);
  return [...looks, ...mirrored].some((look) => look !== undefined && isFromUntrusted(seen, look))
    ? UNTRUSTED
    : MODEL;
}

function isFromUntrusted({ proven, unproven }: Seen, text: string): boolean {
  scanTokens(text, tokens);
  for (const { forms, gives } of listAtoms(text, tokens)) {
    if ([...forms, ...gives].some((form) => unproven.maskOf(form) !== 0)) return true;
  }
  return listPieces(dropTopLevel(text)).some(
    (piece) => unproven.maskOf(piece) !== 0 && isTelling(piece, proven),
  );
}

function isPutTogether({ proven, unproven }: Seen, text: string): boolean {
  const at = text.indexOf('@');
  if (at > 0 && unproven.maskOf(`mailbox:${readMailbox(text)}`) !== 0) return true;
  const pieces = listPieces(text);
  if (pieces.length === 0) return false;
  const knows = (piece: string) => unproven.maskOf(piece) !== 0;
  if (pieces.every(knows)) return true;
  const telling = listPieces(dropTopLevel(text));
  return telling.some((piece) => (knows(piece) ? isTelling(piece, proven) : isJoined(piece, knows)));
}

/** Without the last label of a host: half the world shares it. */
function dropTopLevel(text: string): string {
  return text.replace(/\.\p{L}{2,63}(?=[/?:]|$)/u, '');
}

/** The pieces of a value that say where it is from. */
export function listTellingPieces(text: string, proven: SeenText): readonly string[] {
  return listPieces(dropTopLevel(text)).filter((piece) => isTelling(piece, proven));
}

/** Whether a piece says where it is from: what is short does not, nor what is proven too. */
function isTelling(piece: string, proven: SeenText): boolean {
  return piece.length >= LEAST_TELLING && proven.maskOf(piece) === 0;
}

/** Whether a piece is two pieces written as one. */
function isJoined(piece: string, knows: (piece: string) => boolean): boolean {
  if (piece.length > 64) return false;
  for (let cut = 3; cut <= piece.length - 3; cut++) {
    if (knows(piece.slice(0, cut)) && knows(piece.slice(cut))) return true;
  }
  return false;
}
