import { classifyCharacter, isMark, type RenderFlag } from './classify-character.ts';
import { classifyWord } from './classify-word.ts';

export type { RenderFlag } from './classify-character.ts';

/** A piece of the text. One with a flag must be shown by its code points, or marked, and never as if it were plain. */
export interface RenderSegment {
  /** The original text. */
  readonly text: string;
  readonly flag?: RenderFlag;
  /** `U+202E`, one for each code point; empty without a flag. */
  readonly codePoints: readonly string[];
}

export interface HonestText {
  /** Their texts, joined, are the input exactly. */
  readonly segments: readonly RenderSegment[];
  /** How many code points of each flag; words count once. */
  readonly counts: Readonly<Partial<Record<RenderFlag, number>>>;
  /** True when anything but line ends and tabs is flagged. */
  readonly suspicious: boolean;
}

const WORD = /[\p{L}\p{M}\p{N}_]/u;
const LONGEST_MARK_RUN = 2;
const PUNYCODE = /(?<![a-z0-9])xn--[a-z0-9-]+/gi;

interface Piece {
  text: string;
  readonly flag: RenderFlag | undefined;
}

/**
 * Divides text that somebody else wrote so that a person can be shown all of it: control and bidirectional
 * characters, invisible ones, tags, variation selectors, odd spaces, stacked marks, lookalikes, words of mixed
 * scripts and punycode host labels are set apart. Nothing is removed, changed or shortened. Takes linear time.
 */
export function renderHonestly(text: string): HonestText {
  const counts: Partial<Record<RenderFlag, number>> = {};
  const segments: RenderSegment[] = [];
  for (const piece of divide(text)) {
    const { flag } = piece;
    if (flag === undefined) {
      segments.push({ text: piece.text, codePoints: [] });
      continue;
    }
    const codePoints = Array.from(piece.text, nameCodePoint);
    const isWord = flag === 'mixed_script' || flag === 'punycode';
    counts[flag] = (counts[flag] ?? 0) + (isWord ? 1 : codePoints.length);
    segments.push({ text: piece.text, flag, codePoints });
  }
  const suspicious = Object.keys(counts).some((flag) => flag !== 'newline' && flag !== 'tab');
  return { segments, counts, suspicious };
}

/** `U+202E`. */
export function nameCodePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function divide(text: string): Piece[] {
  const pieces: Piece[] = [];
  const add = (piece: string, flag: RenderFlag | undefined): void => {
    const last = pieces.at(-1);
    if (last !== undefined && last.flag === flag) last.text += piece;
    else if (piece !== '') pieces.push({ text: piece, flag });
  };
  let word = '';
  let plain = '';
  let marks = 0;
  const endWord = (): void => {
    const flag = classifyWord(word);
    if (flag === undefined) {
      plain += word;
    } else {
      endPlain();
      add(word, flag);
    }
    word = '';
  };
  const endPlain = (): void => {
    for (const [piece, flag] of divideHosts(plain)) add(piece, flag);
    plain = '';
  };
  for (const character of text) {
    marks = isMark(character) ? marks + 1 : 0;
    const flag = classifyCharacter(character) ?? (marks > LONGEST_MARK_RUN ? 'combining' : undefined);
    if (flag === undefined && WORD.test(character)) {
      word += character;
      continue;
    }
    endWord();
    if (flag === undefined) {
      plain += character;
    } else {
      endPlain();
      add(character, flag);
    }
  }
  endWord();
  endPlain();
  return pieces;
}

/** Sets `xn--` labels apart: they stand for letters that are not shown. */
function divideHosts(plain: string): [string, RenderFlag | undefined][] {
  const parts: [string, RenderFlag | undefined][] = [];
  let from = 0;
  for (const found of plain.matchAll(PUNYCODE)) {
    parts.push([plain.slice(from, found.index), undefined], [found[0], 'punycode']);
    from = found.index + found[0].length;
  }
  parts.push([plain.slice(from), undefined]);
  return parts;
}
